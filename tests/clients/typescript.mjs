// Drives the server with an official TypeScript SDK.
// Usage: node typescript.mjs MODULES BINARY MODE FOLDER MANY, where MODE is `v1`, or for the SDK 2.x `legacy`, `auto` or a revision;
// FOLDER is a checkout that may be edited, and MANY one of `asked.many` VEPs.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, binary, mode, folder, many] = process.argv.slice(2);
const asked = JSON.parse(readFileSync(new URL('questions.json', import.meta.url)));
const require = createRequire(`${modules}/x.js`);
const load = name => import(pathToFileURL(require.resolve(name)));
const old = mode === 'v1';
const { Client } = await load(old ? '@modelcontextprotocol/sdk/client/index.js' : '@modelcontextprotocol/client');
const { StdioClientTransport } = await load(old ? '@modelcontextprotocol/sdk/client/stdio.js' : '@modelcontextprotocol/client/stdio');

async function connect(args, answer) {
  const versionNegotiation = { mode: mode === 'legacy' || mode === 'auto' ? mode : { pin: mode } };
  const capabilities = answer ? { elicitation: {} } : {};
  const client = new Client({ name: 'test', version: '1' }, old ? { capabilities } : { capabilities, versionNegotiation });
  if (answer) {
    const kind = old ? (await load('@modelcontextprotocol/sdk/types.js')).ElicitRequestSchema : 'elicitation/create';
    client.setRequestHandler(kind, answer);
  }
  await client.connect(new StdioClientTransport({ command: binary, args }));
  return client;
}

async function refused(call) {
  await assert.rejects(call);
}

async function everything(list, one, pages = []) {
  const items = [];
  let cursor;
  do {
    const page = await list(cursor ? { cursor } : {});
    items.push(...page[one]);
    pages.push(page[one].length);
    cursor = page.nextCursor;
  } while (cursor);
  return items;
}

const person = { decline: false, asked: 0 };
const client = await connect(['serve', '--demo'], async () => {
  person.asked += 1;
  return person.decline ? { action: 'decline' } : { action: 'accept', content: asked.lacking.answers };
});

const tools = (await everything(page => client.listTools(page), 'tools')).map(tool => tool.name);
assert.deepEqual(tools.sort(), Object.keys(asked.tools).sort());
for (const [name, { good, bad, says }] of Object.entries(asked.tools)) {
  if (good) {
    const result = await client.callTool({ name, arguments: good });
    assert(!result.isError && result.structuredContent && result.content[0].text.length > 60, name);
  }
  const result = await client.callTool({ name, arguments: bad });
  assert(result.isError && result.content[0].text.includes(says), `${name}: ${result.content[0].text}`);
}

const prompts = (await everything(page => client.listPrompts(page), 'prompts')).map(prompt => prompt.name);
assert.deepEqual(prompts.sort(), Object.keys(asked.prompts).sort());
for (const [name, { good, bad, argument: [argument, value, meant] }] of Object.entries(asked.prompts)) {
  const prompt = await client.getPrompt({ name, arguments: good });
  assert(prompt.messages[0].content.text.length > 500, name);
  await refused(() => client.getPrompt({ name, arguments: bad }));
  const done = await client.complete({ ref: { type: 'ref/prompt', name }, argument: { name: argument, value } });
  assert(done.completion.values.includes(meant), name);
}

const templates = (await everything(page => client.listResourceTemplates(page), 'resourceTemplates')).map(it => it.uriTemplate);
assert.deepEqual(templates.sort(), Object.keys(asked.templates).sort());
for (const [uri, { good, bad, argument: [argument, value, meant] }] of Object.entries(asked.templates)) {
  assert((await client.readResource({ uri: good })).contents[0].text, uri);
  await refused(() => client.readResource({ uri: bad }));
  const done = await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name: argument, value } });
  assert(done.completion.values.includes(meant), uri);
}
for (const { uri } of await everything(page => client.listResources(page), 'resources')) {
  assert((await client.readResource({ uri })).contents[0].text, uri);
}

const { tool, arguments: given } = asked.lacking;
let result = await client.callTool({ name: tool, arguments: given });
assert(result.content[0].text.includes('**ready**') && person.asked === 1, result.content[0].text);
person.decline = true;
result = await client.callTool({ name: tool, arguments: given });
assert(result.content[0].text.includes('to be given as `reviewers`') && person.asked === 2, result.content[0].text);
await client.close();

if (mode.startsWith('2026')) {
  const listener = await connect(['serve', '--repo', folder]);
  const told = new Promise((resolve, reject) => {
    listener.setNotificationHandler('notifications/resources/updated', it => resolve(it.params.uri));
    setTimeout(() => reject(new Error('nothing was told')), 5000).unref();
  });
  const subscription = await listener.listen({ resourceSubscriptions: ['vep://proposals/402'] });
  const file = `${folder}/veps/sig-compute/402-boot-time-budget/vep.md`;
  writeFileSync(file, readFileSync(file, 'utf8').replace('status: provisional', 'status: deferred'));
  assert.equal(await told, 'vep://proposals/402');
  await subscription.close();
  await listener.close();
}

const long = await connect(['serve', '--repo', many]);
const [pages, told] = [[], []];
const uris = (await everything(page => long.listResources(page), 'resources', pages)).map(it => it.uri);
for (let number = 1; number <= asked.many; number += 1) assert(uris.includes(`vep://proposals/${number}`), `${number} of ${pages}`);
// The SDK 2.x turns the pages itself.
assert(!old || pages.length > 2, `${pages}`);
const options = { onprogress: ({ progress, total }) => told.push([progress, total]) };
await (old ? long.callTool({ name: 'validate_vep', arguments: {} }, undefined, options) : long.callTool({ name: 'validate_vep', arguments: {} }, options));
assert(told.length > 0 && told.every(([done], at) => at === 0 || told[at - 1][0] < done), `${told}`);
assert.equal(told.at(-1)[1], asked.many);
await long.close();
console.log(`ok ${mode}`);
