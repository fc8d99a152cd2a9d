// A person at the terminal client (Chat.Client.Console, built before).
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { eventually } from './eventually.mjs';

const program = new URL('../../Chat.Client.Console/bin/Debug/net10.0/chat.dll', import.meta.url).pathname;
const run = promisify(execFile);

export class Terminal {
  #folder = mkdtempSync(join(tmpdir(), 'chat-terminal-'));
  #transport;
  #tail;
  #writer;
  #unanswered = [];
  /** Every event that `follow` has brought, in its order; `shown` is when, in ms. */
  seen = [];

  constructor(url, transport = 'auto') {
    this.#transport = transport;
    this.environment = { ...process.env, XDG_CONFIG_HOME: this.#folder, CHAT_SERVER: url };
  }

  async run(...args) {
    return (await run('dotnet', [program, ...args, '--transport', this.#transport], { env: this.environment, maxBuffer: 1 << 26 })).stdout;
  }

  async json(...args) {
    return (await this.run(...args, '--json')).split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  /** All events of a room, or those after a number. */
  async history(room, after = 0) {
    const events = [];
    for (;;) {
      const page = await this.json('history', '--room', room, '--after', String(after));
      if (!page.length) return events;
      events.push(...page);
      after = page.at(-1).seq;
    }
  }

  /** Reads a room from its first event on, for ever; over a new connection if it did so before. */
  follow(room) {
    this.#tail?.kill();
    const seen = (this.seen = []);
    this.#tail = this.#start('ignore', 'tail', '--room', room, '--since', '0', '-f');
    createInterface(this.#tail.stdout).on('line', (line) => seen.push({ ...JSON.parse(line), shown: Date.now() }));
  }

  /** Hands a message to one client that runs all the time; returns when it says that the server has it safely, with its number. */
  say(room, text) {
    if (!this.#writer) {
      this.#writer = this.#start('pipe', 'send', '--room', room, '--timeout', '0');
      createInterface(this.#writer.stdout).on('line', (line) => this.#unanswered.shift()(JSON.parse(line)));
    }
    return new Promise((answered, refused) => {
      this.#unanswered.push((result) => (result.error ? refused(new Error(JSON.stringify(result.error))) : answered(result.seq)));
      this.#writer.stdin.write(`${text}\n`);
    });
  }

  sees(text, seconds = 30) {
    return eventually(() => this.seen.some((e) => e.body === text), seconds, `the terminal shows "${text}"`);
  }

  close() {
    this.#tail?.kill();
    this.#writer?.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #start(input, ...args) {
    return spawn('dotnet', [program, ...args, '--json', '--transport', this.#transport], { env: this.environment, stdio: [input, 'pipe', 'inherit'] });
  }
}
