"""Drives the server with the official Python SDK: list, and every tool on a good and a bad question."""

import asyncio
import sys

from mcp import Client, StdioServerParameters

QUESTIONS = [
    ("query_veps", {"sig": "network"}, {"sig": "netwrk"}, "Did you mean"),
    ("get_vep", {"vep": "405"}, {"vep": "450"}, "Did you mean VEP-405"),
    ("validate_vep", {"veps": ["405"]}, {"veps": ["999"]}, "no VEP answers to"),
    ("propose_transition", {"vep": "402", "to": "implementable"}, {"vep": "402", "to": "merged"}, "unknown variant"),
    ("check_freeze", {"release": "v1.10"}, {"release": "soon"}, "is no release"),
    ("prepare_status_bump", {"vep": "402", "to": "withdrawn"}, {"vep": "402"}, "no step was named"),
    ("explain", {"topic": "deferred to provisional"}, {"topic": "banan"}, "no page is called"),
]


async def main(binary: str, mode: str) -> None:
    server = StdioServerParameters(command=binary, args=["serve", "--demo"])
    async with Client(server, mode=mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        # The example has no history that a change could be compared with: review_changes has only a bad answer.
        assert set(tools) == {name for name, *_ in QUESTIONS} | {"review_changes"}, sorted(tools)
        answer = await client.call_tool("review_changes", {})
        assert answer.is_error and "no history" in answer.content[0].text, answer
        for name, good, bad, says in QUESTIONS:
            assert tools[name].annotations.read_only_hint is True, name
            answer = await client.call_tool(name, good)
            assert not answer.is_error and answer.structured_content, (name, answer)
            assert len(answer.content[0].text) > 60, (name, answer)
            answer = await client.call_tool(name, bad)
            assert answer.is_error and says in answer.content[0].text, (name, answer)
        prompts = {prompt.name for prompt in (await client.list_prompts()).prompts}
        assert prompts == {"bump-status", "review-vep"}, prompts
        prompt = await client.get_prompt("review-vep", {"vep": "405"})
        assert "VEP-405" in prompt.messages[0].content.text, prompt
    print(f"ok {mode}")


asyncio.run(main(sys.argv[1], sys.argv[2]))
