"""Drives the server with the official Python SDK 1.x. Usage: python1.py BINARY MANY, where MANY is a checkout of ASKED["many"] VEPs."""

import asyncio
import json
import pathlib
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import ElicitResult, PaginatedRequestParams, PromptReference, ResourceTemplateReference

ASKED = json.loads((pathlib.Path(__file__).parent / "questions.json").read_text())


async def refused(call):
    try:
        await call
    except Exception as error:
        return str(error)
    raise AssertionError("it was not refused")


async def main(binary: str, many: str) -> None:
    async def answer(_context, _params):
        return ElicitResult(action="accept", content=ASKED["lacking"]["answers"])

    server = StdioServerParameters(command=binary, args=["serve", "--demo"])
    async with stdio_client(server) as (read, write), ClientSession(read, write, elicitation_callback=answer) as client:
        await client.initialize()
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert tools == set(ASKED["tools"]), sorted(tools)
        for name, asked in ASKED["tools"].items():
            if "good" in asked:
                result = await client.call_tool(name, asked["good"])
                assert not result.isError and result.structuredContent, (name, result)
            result = await client.call_tool(name, asked["bad"])
            assert result.isError and asked["says"] in result.content[0].text, (name, result)
        prompts = {prompt.name for prompt in (await client.list_prompts()).prompts}
        assert prompts == set(ASKED["prompts"]), prompts
        for name, asked in ASKED["prompts"].items():
            prompt = await client.get_prompt(name, asked["good"])
            assert len(prompt.messages[0].content.text) > 500, name
            await refused(client.get_prompt(name, asked["bad"]))
            argument, written, value = asked["argument"]
            done = await client.complete(PromptReference(type="ref/prompt", name=name), {"name": argument, "value": written})
            assert value in done.completion.values, (name, done)
        for template, asked in ASKED["templates"].items():
            assert (await client.read_resource(asked["good"])).contents[0].text, template
            await refused(client.read_resource(asked["bad"]))
            argument, written, value = asked["argument"]
            reference = ResourceTemplateReference(type="ref/resource", uri=template)
            done = await client.complete(reference, {"name": argument, "value": written})
            assert value in done.completion.values, (template, done)
        for resource in (await client.list_resources()).resources:
            assert (await client.read_resource(resource.uri)).contents[0].text, resource.uri
        lacking = ASKED["lacking"]
        result = await client.call_tool(lacking["tool"], lacking["arguments"])
        assert "**ready**" in result.content[0].text, result

    server = StdioServerParameters(command=binary, args=["serve", "--repo", many])
    async with stdio_client(server) as (read, write), ClientSession(read, write) as client:
        await client.initialize()
        uris, pages, cursor, told = set(), 0, None, []
        while pages == 0 or cursor:
            page = await client.list_resources(params=PaginatedRequestParams(cursor=cursor))
            uris |= {str(it.uri) for it in page.resources}
            cursor, pages = page.nextCursor, pages + 1
        assert pages > 2 and all(f"vep://proposals/{number}" in uris for number in range(1, ASKED["many"] + 1)), pages

        async def progress(done, total, _message):
            told.append((done, total))

        await client.call_tool("validate_vep", {}, progress_callback=progress)
        assert told and told == sorted(told) and told[-1][1] == ASKED["many"], told
    print("ok")


asyncio.run(main(*sys.argv[1:3]))
