import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageChanges, messageOf } from '../../src/chat/messages';
import type { OutboxEntry } from '../../src/chat/model';
import { RoomTimeline, type TimelineSource } from '../../src/chat/timeline';
import { addRange, type Range, rangeAt } from '../../src/store/ranges';
import type { ChatEvent, EventPage, PageRequest } from '../../src/wire/contract';
import { Refusal } from '../../src/wire/refusal';
import { di, FakeServer, jo } from '../fakeServer';

/** A timeline on a relay in memory: what is said there comes when the test says so. */
class Stage {
  readonly server = new FakeServer();
  cursor = 0;
  ranges: Range[] = [];
  cached = false;
  broken = false;
  entries: OutboxEntry[] = [];
  asked = 0;
  readonly timeline: RoomTimeline;

  constructor(messages: number) {
    this.server.live = false;
    this.server.addRoom('r', []);
    for (let i = 1; i <= messages; i++) this.say(i);
    this.cursor = messages;
    const source: TimelineSource = {
      me: jo.id,
      newest: () => this.cursor,
      outbox: () => this.entries,
      store: {
        page: async (_, page) => this.#stored(page),
        changesOf: async (_, from, to) =>
          this.log.filter((e) => e.target && e.target >= from && e.target <= to && rangeAt(this.ranges, e.seq)),
      },
      history: async (id, page) => {
        this.asked++;
        await Promise.resolve();
        if (this.broken) throw new Refusal('unavailable', 'no');
        const answer = this.server.answer(jo, 'History', [id, page]) as EventPage;
        if (this.cached) for (const e of answer.events) this.ranges = addRange(this.ranges, e.seq, e.seq);
        return answer;
      },
      stored: async () => {},
    };
    this.timeline = new RoomTimeline('r', source);
  }

  get log(): readonly ChatEvent[] {
    return this.server.log('r');
  }

  say(n: number): void {
    if (n % 7 === 0) this.server.append('r', { type: 'edit', sender: di, target: Math.ceil(n / 2), body: `e${n}` });
    else this.server.say('r', n % 3 ? di : jo, `m${n}`, { clientId: `c${n}` });
  }

  /** The next events come. */
  come(count: number): void {
    for (const e of this.log.slice(this.cursor, this.cursor + count)) {
      this.cursor = e.seq;
      if (this.cached) this.ranges = addRange(this.ranges, e.seq, e.seq);
      this.timeline.live(e);
    }
  }

  seqs(): number[] {
    return this.timeline.items.value.flatMap((i) => (i.kind === 'outbox' ? [] : [i.seq]));
  }

  #stored(page: PageRequest & { readonly limit: number }): readonly ChatEvent[] {
    const next = page.before === undefined ? (page.after ?? 0) + 1 : page.before - 1;
    const range = rangeAt(this.ranges, next);
    if (!range) return [];
    const [from, to] =
      page.before === undefined
        ? [next, Math.min(range[1], next + page.limit - 1)]
        : [Math.max(range[0], next - page.limit + 1), next];
    return this.log.slice(from - 1, to);
  }
}

const settled = () => new Promise((done) => setImmediate(done));

const step = fc.oneof(
  fc.record({ do: fc.constantFrom('older', 'newer', 'latest'), n: fc.constant(0) }),
  fc.record({ do: fc.constant('around'), n: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ do: fc.constant('say'), n: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ do: fc.constant('come'), n: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ do: fc.constantFrom('skip', 'wait', 'break', 'mend'), n: fc.constant(0) }),
);

test('whatever is loaded, comes or is skipped, a piece of the log without holes is shown, with its edits', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 700 }),
      fc.boolean(),
      fc.constantFrom(Number.POSITIVE_INFINITY, 12),
      fc.array(step, { minLength: 1, maxLength: 40 }),
      async (messages, cached, largestPage, steps) => {
        const stage = new Stage(messages);
        stage.server.largestPage = largestPage;
        stage.cached = cached;
        const { timeline } = stage;
        for (const { do: what, n } of steps) {
          if (what === 'older') void timeline.older();
          else if (what === 'newer') void timeline.newer();
          else if (what === 'latest') void timeline.latest();
          else if (what === 'around') void timeline.around(n);
          else if (what === 'say') for (let i = 0; i < n; i++) stage.say(stage.log.length + 1);
          else if (what === 'come') stage.come(n);
          else if (what === 'wait') await settled();
          else if (what === 'skip') {
            stage.cursor = stage.log.length;
            timeline.skipped(stage.cursor);
          } else stage.broken = what === 'break';
          await Promise.resolve();
          check(stage);
        }
        stage.broken = false;
        stage.come(10_000);
        await settled();
        await timeline.latest();
        check(stage);
        expect(timeline.atEnd.value).toBe(true);
        while (!timeline.atStart.value) await timeline.older();
        check(stage);
        expect(timeline.error.value).toBeNull();
      },
    ),
    { numRuns: 150 },
  );
});

function check(stage: Stage): void {
  const { timeline, log } = stage;
  const seqs = stage.seqs();
  const [first, last] = [seqs[0], seqs.at(-1)];
  if (first === undefined || last === undefined) return;
  const slice = log.filter((e) => e.seq >= first && e.seq <= last && e.type === 'message');
  expect(seqs).toEqual(slice.map((e) => e.seq));
  const newestMessage = log.slice(0, stage.cursor).findLast((e) => e.type === 'message')?.seq ?? 0;
  if (timeline.atEnd.value) expect(last).toBeGreaterThanOrEqual(newestMessage);
  const known = log.filter((e) => e.seq <= last);
  const changes = new MessageChanges();
  changes.add(known);
  for (const item of timeline.items.value) {
    if (item.kind !== 'message') continue;
    const event = log[item.seq - 1] as ChatEvent;
    const withKnown = messageOf(event, changes.of(item.seq));
    // Edits that lie beyond the piece are shown, too, if they were ever seen; they are never older than those in it.
    if (!item.message.edited) expect(item.message.body).toBe(withKnown.edited ? 'an edit is missing' : event.body);
    else expect(item.message.body).toMatch(/^e\d+$/);
  }
}

test('what is written waits at the end, and only there', async () => {
  const stage = new Stage(400);
  stage.entries = [{ roomId: 'r', clientId: 'mine', body: 'x', at: 0, state: 'pending' }];
  await stage.timeline.latest();
  expect(stage.timeline.items.value.at(-1)).toMatchObject({ kind: 'outbox', key: 'mine' });
  await stage.timeline.around(50);
  expect(stage.timeline.items.value.some((i) => i.kind === 'outbox')).toBe(false);
  expect(stage.timeline.atEnd.value).toBe(false);
});

test('an own message takes the place and the key of its entry', async () => {
  const stage = new Stage(3);
  stage.entries = [{ roomId: 'r', clientId: 'mine', body: 'x', at: 0, state: 'sent', seq: 4 }];
  await stage.timeline.latest();
  const before = stage.timeline.items.value.map((i) => i.key);
  stage.server.say('r', jo, 'x', { clientId: 'mine' });
  stage.come(1);
  await settled();
  expect(stage.timeline.items.value.map((i) => i.key)).toEqual(before);
  expect(stage.timeline.items.value.at(-1)?.kind).toBe('message');
});

test('around finds messages only, and stays where it is for anything else', async () => {
  const stage = new Stage(300);
  await stage.timeline.latest();
  const before = stage.seqs();
  expect(await stage.timeline.around(7)).toBe(false);
  expect(await stage.timeline.around(5_000)).toBe(false);
  expect(await stage.timeline.around(0)).toBe(false);
  expect(stage.seqs()).toEqual(before);
  expect(await stage.timeline.around(20)).toBe(true);
  expect(stage.seqs()).toContain(20);
});

test('a hole is paged when one comes to it', async () => {
  const stage = new Stage(100);
  await stage.timeline.latest();
  for (let n = 101; n <= 500; n++) stage.say(n);
  stage.cursor = 490;
  stage.timeline.skipped(490);
  stage.come(10);
  await settled();
  expect(stage.timeline.atEnd.value).toBe(false);
  expect(stage.seqs().at(-1)).toBe(100);
  while (!stage.timeline.atEnd.value) await stage.timeline.newer();
  expect(stage.seqs().at(-1)).toBe(500);
});

test('a page that cannot be had is said, and tried again', async () => {
  const stage = new Stage(300);
  await stage.timeline.latest();
  stage.broken = true;
  await stage.timeline.older();
  expect([stage.timeline.error.value, stage.timeline.loading.value]).toEqual(['unavailable', null]);
  stage.broken = false;
  await stage.timeline.older();
  expect(stage.timeline.error.value).toBeNull();
  expect(stage.seqs().length).toBeGreaterThan(150);
});

test('the window is bounded both ways', async () => {
  const stage = new Stage(3_000);
  await stage.timeline.latest();
  for (let i = 0; i < 15; i++) await stage.timeline.older();
  expect(stage.timeline.atEnd.value).toBe(false);
  expect(stage.seqs().length).toBeLessThanOrEqual(1_000);
});

test('one message can be had from anywhere', async () => {
  const stage = new Stage(300);
  await stage.timeline.latest();
  expect(await stage.timeline.message(299)).toMatchObject({ body: 'm299' });
  expect(await stage.timeline.message(5)).toMatchObject({ body: 'm5' });
  expect(await stage.timeline.message(7)).toBeNull();
  expect(await stage.timeline.message(4_000)).toBeNull();
});

test('among large messages, of which a page holds few, one is still found, and all of them are shown', async () => {
  const stage = new Stage(200);
  stage.server.largestPage = 9;
  expect(await stage.timeline.around(20)).toBe(true);
  expect(stage.seqs()).toContain(20);
  while (!stage.timeline.atEnd.value) await stage.timeline.newer();
  while (!stage.timeline.atStart.value) await stage.timeline.older();
  expect(stage.seqs()).toEqual(stage.log.filter((e) => e.type === 'message').map((e) => e.seq));
  expect(await stage.timeline.message(5)).toMatchObject({ body: 'm5' });
});

test('after a hole everything that is shown is taken anew, though a page holds few', async () => {
  const stage = new Stage(100);
  stage.server.largestPage = 9;
  await stage.timeline.latest();
  while (!stage.timeline.atStart.value) await stage.timeline.older();
  const asked = stage.asked;
  stage.timeline.skipped(100);
  await settled();
  expect(stage.asked - asked).toBeGreaterThanOrEqual(Math.ceil(100 / 9));
});
