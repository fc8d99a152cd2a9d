// Tries docker-compose.yml as people will use it: node --experimental-websocket deploy/try/cluster.mjs (docs/operating.md).
// It runs beside a real installation: a project, a port and volumes of its own, which are gone when it ends.
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { eventually } from './eventually.mjs';
import { Page } from './page.mjs';
import { Terminal } from './terminal.mjs';

const [compose, docker] = [process.env.COMPOSE ?? 'docker compose', process.env.DOCKER ?? 'docker'].map((c) => c.split(' '));
const port = process.env.CHAT_PORT ?? '18080';
const url = `http://localhost:${port}`;
const root = new URL('../..', import.meta.url).pathname;
const env = { ...process.env, COMPOSE_PROJECT_NAME: 'chat-try', CHAT_PORT: port };
const run = promisify(execFile);

async function quietly([program, ...first], ...args) {
  return (await run(program, [...first, ...args], { cwd: root, env, maxBuffer: 1 << 28 })).stdout;
}

function aloud([program, ...first], ...args) {
  return new Promise((done, failed) => {
    const process = spawn(program, [...first, ...args], { cwd: root, env, stdio: 'inherit' });
    process.on('error', failed);
    process.on('exit', (code) => (code ? failed(new Error(`${program} ${first} ${args.join(' ')} ended with ${code}`)) : done()));
  });
}

function check(holds, what) {
  if (!holds) throw new Error(`Not so: ${what}`);
  console.log(`  ok: ${what}`);
}

const lines = async () => (await quietly(compose, 'logs', '--no-log-prefix', 'nginx')).split('\n');
const values = (log, name) => [...new Set(log.map((l) => l.match(new RegExp(`${name}=(\\S+)`))?.[1]).filter((v) => v && v !== '-'))];
const containers = async () => (await quietly(compose, 'ps', '--quiet', 'chat')).split('\n').filter(Boolean);

/** The nodes that connections of such a program were made to, the newest last. */
async function nodesOf(agent) {
  const made = (await lines()).filter((l) => l.includes('/hubs/chat/negotiate"') && l.includes(agent));
  return made.map((l) => l.match(/node=(\S+)/)?.[1]).filter((node) => node && node !== '-');
}

/** Until `over`: one message after another from the terminal, each acknowledged before the next. */
async function talk(terminal, room, over) {
  const said = [];
  while (!over.aborted) {
    const text = `while it went on ${said.length} ${randomUUID()}`;
    await terminal.run('send', '--room', room, '--timeout', '60', text);
    said.push(text);
  }
  return said;
}

async function converse(page, terminal, room, about) {
  const [fromPage, fromTerminal] = [`${about}: from the page ${randomUUID()}`, `${about}: from the terminal ${randomUUID()}`];
  await page.say(fromPage);
  await terminal.run('send', '--room', room, fromTerminal);
  await Promise.all([terminal.sees(fromPage), page.sees(fromTerminal)]);
  check(true, `page and terminal talk (${about})`);
}

async function history(terminal, room) {
  const events = [];
  for (;;) {
    const page = await terminal.json('history', '--room', room, '--after', String(events.length));
    if (!page.length) return events;
    events.push(...page);
  }
}

let page;
const terminal = new Terminal(url);
try {
  console.log('Everything starts');
  await aloud(['dotnet'], 'build', 'Chat.Client.Console', '-v', 'q');
  await aloud(compose, 'up', '--build', '--detach', '--wait');
  check((await (await fetch(url)).text()).includes('<title>'), 'the page is served');
  check((await fetch(`${url}/health/ready`)).ok, 'a node is ready');
  check((await containers()).length === 3, 'there are three nodes');

  await terminal.run('guest', 'terminal');
  const room = (await terminal.json('create', 'trying'))[0].id;
  page = await Page.open(`${url}/r/${room}`, 'page');
  for (;;) {
    const before = (await nodesOf('SignalR')).length;
    terminal.follow(room);
    await eventually(async () => (await nodesOf('SignalR')).length > before, 60, 'the terminal connects');
    const [pageAt, terminalAt] = [(await nodesOf('Mozilla')).at(-1), (await nodesOf('SignalR')).at(-1)];
    if (pageAt === terminalAt) continue;    // They met by chance: once more.
    check(true, `the page is at node ${pageAt}, the terminal at ${terminalAt}`);
    break;
  }
  await converse(page, terminal, room, 'two nodes');
  for (const transport of ['websockets', 'sse', 'longpolling'])
    await terminal.run('send', '--room', room, '--transport', transport, `over ${transport}`);
  check(values(await lines(), 'to').length >= 3, 'the balancer goes to all three nodes');
  check(!(await lines()).some((l) => l.includes('access_token')), 'no token is in the log of the balancer');

  console.log('A node is killed');
  await quietly(docker, 'kill', (await containers())[0]);
  await converse(page, terminal, room, 'one node killed');

  console.log('Five nodes');
  await aloud(compose, 'up', '--detach', '--wait', '--scale', 'chat=5');
  check((await containers()).length === 5, 'there are five nodes');
  const mark = (await lines()).length;
  await Promise.all(Array.from({ length: 100 }, () => fetch(`${url}/health/live`)));
  await eventually(async () => values((await lines()).slice(mark - 1), 'to').length >= 5, 10, 'the balancer goes to all five nodes');
  await converse(page, terminal, room, 'five nodes');

  console.log('Nodes are replaced one by one');
  const replaced = new AbortController();
  const talking = talk(terminal, room, replaced.signal);
  await aloud([`${root}deploy/rolling-update.sh`]);
  replaced.abort();
  const said = await talking;
  check((await containers()).length === 5, 'there are five nodes again');
  await Promise.all([terminal.sees(said.at(-1)), page.sees(said.at(-1))]);
  check(said.every((text) => terminal.seen.filter((e) => e.body === text).length === 1), `each of ${said.length} messages arrived once`);

  console.log('Redis and PostgreSQL start anew');
  await aloud(compose, 'restart', 'redis', 'postgres');
  await converse(page, terminal, room, 'Redis and PostgreSQL restarted');

  console.log('Everything stops and starts');
  const before = await history(terminal, room);
  await aloud(compose, 'down');
  await aloud(compose, 'up', '--detach', '--wait');
  const after = await history(terminal, room);
  check(JSON.stringify(after) === JSON.stringify(before), `the history of ${before.length} events is the same`);
  await converse(page, terminal, room, 'everything restarted');
  check(terminal.seen.every((e, i) => e.seq === i + 1), `the terminal has seen ${terminal.seen.length} events, each once and in order`);
  console.log('All of it works.');
} catch (e) {
  console.error(e.message);
  process.exitCode = 1;
  await aloud(compose, 'ps', '--all');
  await aloud(compose, 'logs', '--tail', '40');
} finally {
  await page?.close();
  terminal.close();
  if (!process.env.KEEP) await aloud(compose, 'down', '--volumes');
}
