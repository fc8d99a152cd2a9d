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
  #tail;
  /** Every event that `follow` has brought, in its order. */
  seen = [];

  constructor(url) {
    this.environment = { ...process.env, XDG_CONFIG_HOME: this.#folder, CHAT_SERVER: url };
  }

  async run(...args) {
    return (await run('dotnet', [program, ...args], { env: this.environment, maxBuffer: 1 << 26 })).stdout;
  }

  async json(...args) {
    return (await this.run(...args, '--json')).split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  /** Reads a room from its first event on, for ever; over a new connection if it did so before. */
  follow(room) {
    this.#tail?.kill();
    const seen = (this.seen = []);
    const args = ['tail', '--room', room, '--since', '0', '-f', '--json'];
    this.#tail = spawn('dotnet', [program, ...args], { env: this.environment, stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface(this.#tail.stdout).on('line', (line) => seen.push(JSON.parse(line)));
  }

  sees(text, seconds = 30) {
    return eventually(() => this.seen.some((e) => e.body === text), seconds, `the terminal shows "${text}"`);
  }

  close() {
    this.#tail?.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
