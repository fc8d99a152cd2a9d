// People who talk all the time, over each transport, and how long each of them had to wait for something.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from './eventually.mjs';
import { check } from './stack.mjs';
import { Terminal } from './terminal.mjs';

const [each, beat, patience] = [2, 500, 120]; // people for each transport, ms between the messages of one, seconds until everything must be everywhere

export class Crowd {
  #people = [];
  #room;
  #page;
  #checked = new Map();

  /** Everybody comes in; the page, which is in the room already, is watched with them. */
  static async gather(url, room, page) {
    const crowd = new Crowd();
    [crowd.#room, crowd.#page] = [room, page];
    for (const transport of ['websockets', 'sse', 'longpolling'])
      for (let n = 1; n <= each; n++) crowd.#people.push({ name: `${transport}-${n}`, terminal: new Terminal(url, transport) });
    await Promise.all(crowd.#people.map(async ({ name, terminal }) => {
      await terminal.run('guest', `${name}-${randomUUID().slice(0, 8)}`);
      await terminal.run('join', room);
      terminal.follow(room);
      await terminal.say(room, `${name} is here`);
      await terminal.sees(`${name} is here`, patience);
    }));
    await page.watch();
    return crowd;
  }

  /** How many events everybody has seen. */
  get seen() {
    return Math.min(...this.#people.map((p) => p.terminal.seen.length));
  }

  /**
   * They talk while `action` runs. Then each message must have been acknowledged, and must have come to everybody once, in one order without holes, and nobody may have waited
   * longer than `bound` seconds: the writer for the acknowledgement, a reader from then on for the message.
   */
  async during(what, bound, action) {
    const said = [];
    let over = false;
    const talking = this.#people.map((person) => this.#talk(person, said, () => over));
    await pause(1000);
    try {
      await action(said);
      await pause(1000);
    } finally {
      over = true;
      await Promise.all(talking);
    }
    await eventually(() => said.every((s) => s.acked || s.refused), patience, `every message is acknowledged (${what})`);
    const refused = said.find((s) => s.refused);
    if (refused) throw new Error(`Not so: no message is refused (${what}): ${refused.refused.message}`);
    const head = Math.max(...said.map((s) => s.seq));
    await eventually(() => this.#people.every((p) => p.terminal.seen.length >= head), patience, `everybody has everything (${what})`);
    await eventually(async () => (await this.#page.shown()).at(-1)?.[0] >= head, patience, `the page has everything (${what})`);
    for (const { name, terminal } of this.#people) this.#checkOrder(name, terminal.seen);
    const log = new Map(this.#people[0].terminal.seen.map((e) => [e.seq, e]));
    if (!said.every((s) => log.get(s.seq)?.body === s.text)) throw new Error(`Not so: each acknowledged message is what its number shows (${what})`);
    const bodies = this.#people[0].terminal.seen.map((e) => e.body);
    if (new Set(bodies.filter(Boolean)).size !== bodies.filter(Boolean).length) throw new Error(`Not so: no message is there twice (${what})`);
    check(true, `${said.length} messages, each once and in one order at ${this.#people.length} clients and the page (${what})`);
    await this.#judge(what, bound, said);
  }

  close() {
    for (const { terminal } of this.#people) terminal.close();
  }

  async #talk(person, said, over) {
    for (let n = 1; !over(); n++) {
      const message = { by: person.name, text: `${person.name} ${n} ${randomUUID()}`, handed: Date.now() };
      said.push(message);
      person.terminal.say(this.#room, message.text).then(
        (seq) => Object.assign(message, { seq, acked: Date.now() }),
        (refused) => Object.assign(message, { refused }),
      );
      await pause(beat);
    }
  }

  /** Numbers without holes, and the same event under each at everybody's. */
  #checkOrder(name, seen) {
    for (const [i, { shown, ...event }] of seen.entries()) {
      const text = JSON.stringify(event);
      const others = this.#checked.get(i) ?? text;
      if (event.seq !== i + 1 || text !== others) throw new Error(`Not so: ${name} has in place ${i + 1} what the others have: ${text}, ${others}`);
      this.#checked.set(i, text);
    }
  }

  async #judge(what, bound, said) {
    const page = await this.#page.shown();
    const waits = this.#people.map(({ name, terminal }) => ({
      name,
      acknowledged: Math.max(...said.filter((s) => s.by === name).map((s) => s.acked - s.handed)),
      shown: Math.max(...said.map((s) => terminal.seen[s.seq - 1].shown - s.acked)),
    }));
    waits.push({ name: 'the page', acknowledged: 0, shown: Math.max(...said.map((s) => page.find(([seq]) => seq >= s.seq)[1] - s.acked)) });
    const seconds = (ms) => `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
    for (const { name, acknowledged, shown } of waits) console.log(`      ${name.padEnd(14)} longest wait for an acknowledgement ${seconds(acknowledged)}, for a message ${seconds(shown)}`);
    check(waits.every((w) => w.acknowledged <= bound * 1000 && w.shown <= bound * 1000), `nobody waited longer than ${bound} s (${what})`);
  }
}
