// The people of the trial: somebody at the page, somebody at the terminal at another node, and a crowd, all in one room.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Crowd } from './crowd.mjs';
import { eventually } from './eventually.mjs';
import { Page } from './page.mjs';
import { accessLog, addresses, aloud, check, composeAloud, containers, health, url } from './stack.mjs';
import { Terminal } from './terminal.mjs';

/** Seconds that nobody may have to wait when a node comes, goes or dies; more where the machine has other work, too. */
export const quick = Number(process.env.BOUND ?? 3);

/** The nodes that connections of such a program were made to, the newest last. */
const nodesOf = async (agent) =>
  (await accessLog())
    .filter((l) => l.includes('/hubs/chat/negotiate"') && l.includes(agent))
    .map((l) => l.match(/node=(\S+)/)?.[1])
    .filter((node) => node && node !== '-');

export class Scene {
  terminal = new Terminal(url);
  page;
  crowd;
  room;

  /** Starts the cluster and puts everybody into place; nothing is broken yet. */
  async start() {
    await aloud(['dotnet'], 'build', 'Chat.Client.Console', '-v', 'q');
    await composeAloud('up', '--build', '--detach', '--wait');
    check((await (await fetch(url)).text()).includes('<title>'), 'the page is served');
    check((await health()).startsWith('200'), 'a node is ready');
    check((await containers('chat')).length === 3, 'there are three nodes');

    await this.terminal.run('guest', 'terminal');
    this.room = (await this.terminal.json('create', 'trying'))[0].id;
    this.page = await Page.open(`${url}/r/${this.room}`, 'page');
    for (;;) {
      const before = (await nodesOf('SignalR')).length;
      this.terminal.follow(this.room);
      await eventually(async () => (await nodesOf('SignalR')).length > before, 60, 'the terminal connects');
      const [pageAt, terminalAt] = [(await nodesOf('Mozilla')).at(-1), (await nodesOf('SignalR')).at(-1)];
      if (pageAt === terminalAt) continue; // They met by chance: once more.
      check(true, `the page is at node ${pageAt}, the terminal at ${terminalAt}`);
      break;
    }
    await this.converse('two nodes');
    this.crowd = await Crowd.gather(url, this.room, this.page);
    check(addresses(await accessLog()).length >= 3, 'the balancer goes to all three nodes');
    // Code is compiled when it is first used, which takes a small machine's cores for a while.
    await this.crowd.during('everything for the first time', 30, () => pause(10_000));
    await this.crowd.during('nothing happens', quick, () => pause(5000));
  }

  /** One message each way. */
  async converse(about) {
    const [fromPage, fromTerminal] = [`${about}: from the page ${randomUUID()}`, `${about}: from the terminal ${randomUUID()}`];
    await this.page.say(fromPage);
    await this.terminal.run('send', '--room', this.room, fromTerminal);
    await Promise.all([this.terminal.sees(fromPage), this.page.sees(fromTerminal)]);
    check(true, `page and terminal talk (${about})`);
  }

  /** The history before and after something, event by event. */
  async sameHistory(what, action) {
    const before = await this.terminal.history(this.room);
    await action();
    await this.ready();
    const after = await this.terminal.history(this.room);
    const other = before.findIndex((e, i) => JSON.stringify(e) !== JSON.stringify(after[i]));
    if (other >= 0) throw new Error(`Not so: an event is as it was (${what}): ${JSON.stringify(before[other])}, now ${JSON.stringify(after[other])}`);
    check(before.length > 0, `each of ${before.length} events is as it was (${what})`);
  }

  /** Waits until a node can store and relay. Several that start at once on a few cores take their time. */
  ready() {
    return eventually(async () => (await health()).startsWith('200'), 120, 'a node is ready');
  }

  async close() {
    await this.page?.close();
    this.crowd?.close();
    this.terminal.close();
  }
}
