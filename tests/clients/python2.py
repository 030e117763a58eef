"""Drives the server with the official Python SDK 2.x, in the mode that is named.

Usage: python2.py BINARY MODE FOLDER MANY, where FOLDER is a checkout that may be edited, and MANY one of ASKED["many"] VEPs.
"""

import asyncio
import json
import pathlib
import sys

from mcp import Client, StdioServerParameters
from mcp.types import ElicitResult, PromptReference, ResourceTemplateReference

ASKED = json.loads((pathlib.Path(__file__).parent / "questions.json").read_text())


async def refused(call):
    try:
        await call
    except Exception as error:  # the SDK has several kinds, and all are a refusal
        return str(error)
    raise AssertionError("it was not refused")


async def everything(lists, one, pages=None):
    """All pages of a list."""
    items, cursor = [], None
    while True:
        page = await lists(cursor=cursor)
        items += getattr(page, one)
        if pages is not None:
            pages.append(len(getattr(page, one)))
        cursor = page.next_cursor
        if not cursor:
            return items


async def main(binary: str, mode: str, folder: str, many: str) -> None:
    given = {"decline": False, "asked": 0}

    async def answer(*_):
        given["asked"] += 1
        if given["decline"]:
            return ElicitResult(action="decline")
        return ElicitResult(action="accept", content=ASKED["lacking"]["answers"])

    server = StdioServerParameters(command=binary, args=["serve", "--demo"])
    async with Client(server, mode=mode, elicitation_callback=answer) as client:
        tools = {tool.name: tool for tool in await everything(client.list_tools, "tools")}
        assert set(tools) == set(ASKED["tools"]), sorted(tools)
        for name, asked in ASKED["tools"].items():
            assert tools[name].annotations.read_only_hint is True, name
            if "good" in asked:
                result = await client.call_tool(name, asked["good"])
                assert not result.is_error and result.structured_content, (name, result)
                assert len(result.content[0].text) > 60, (name, result)
            result = await client.call_tool(name, asked["bad"])
            assert result.is_error and asked["says"] in result.content[0].text, (name, result)
        prompts = {prompt.name for prompt in await everything(client.list_prompts, "prompts")}
        assert prompts == set(ASKED["prompts"]), prompts
        for name, asked in ASKED["prompts"].items():
            prompt = await client.get_prompt(name, asked["good"])
            assert len(prompt.messages[0].content.text) > 500, name
            await refused(client.get_prompt(name, asked["bad"]))
            argument, written, value = asked["argument"]
            done = await client.complete(PromptReference(type="ref/prompt", name=name), {"name": argument, "value": written})
            assert value in done.completion.values, (name, done)
        templates = await everything(client.list_resource_templates, "resource_templates")
        assert {it.uri_template for it in templates} == set(ASKED["templates"]), templates
        for template, asked in ASKED["templates"].items():
            assert (await client.read_resource(asked["good"])).contents[0].text, template
            await refused(client.read_resource(asked["bad"]))
            argument, written, value = asked["argument"]
            reference = ResourceTemplateReference(type="ref/resource", uri=template)
            done = await client.complete(reference, {"name": argument, "value": written})
            assert value in done.completion.values, (template, done)
        resources = await everything(client.list_resources, "resources")
        assert len(resources) == 19, len(resources)
        for resource in resources:
            assert (await client.read_resource(str(resource.uri))).contents[0].text, resource.uri
        lacking = ASKED["lacking"]
        result = await client.call_tool(lacking["tool"], lacking["arguments"])
        assert "**ready**" in result.content[0].text and given["asked"] == 1, (given, result)
        given["decline"] = True
        result = await client.call_tool(lacking["tool"], lacking["arguments"])
        assert "to be given as `reviewers`" in result.content[0].text and given["asked"] == 2, (given, result)

    server = StdioServerParameters(command=binary, args=["serve", "--repo", folder])
    async with Client(server, mode=mode) as client:
        if client.protocol_version == "2026-07-28":
            await listens(client, folder)

    server = StdioServerParameters(command=binary, args=["serve", "--repo", many])
    async with Client(server, mode=mode) as client:
        pages, told = [], []
        uris = {str(it.uri) for it in await everything(client.list_resources, "resources", pages)}
        assert all(f"vep://proposals/{number}" in uris for number in range(1, ASKED["many"] + 1)), pages
        assert len(pages) > 2 and sum(pages) == len(uris), pages

        async def progress(done, total, _message):
            told.append((done, total))

        await client.call_tool("validate_vep", {}, progress_callback=progress)
        assert told and told == sorted(told) and told[-1][1] == ASKED["many"], told
    print(f"ok {mode}")


async def listens(client, folder: str) -> None:
    file = pathlib.Path(folder) / "veps/sig-compute/402-boot-time-budget/vep.md"
    async with client.listen(resource_subscriptions=["vep://proposals/402"]) as events:
        file.write_text(file.read_text().replace("status: provisional", "status: deferred"))
        async with asyncio.timeout(5):
            async for event in events:
                assert "vep://proposals/402" in str(event), event
                return


asyncio.run(main(*sys.argv[1:5]))
