import { pause } from '../relay/wait';
import { textOf } from '../wire/refusal';
import { type Cost, median, quantile } from './figures';
import { type Kind, kinds } from './kinds';
import type { Person } from './person';
import type { Counts } from './tap';

export interface Plan {
  /** Messages from J to D on each transport. */
  readonly messages: number;
  /** Seconds for which D then only waits, on each. */
  readonly idle: number;
}

export interface Result extends Cost {
  readonly kind: Kind;
  /** Milliseconds. */
  readonly median: number | null;
  readonly p90: number | null;
  /** Requests that D holds open while nothing happens. */
  readonly held: number | null;
  /** Whether nothing more will be measured of it. */
  readonly complete: boolean;
  /** Why there are no figures. */
  readonly error?: string;
}

/** Whom the comparison needs; each is a new person, not yet connected. */
export interface Cast {
  /** J and D, in a room of theirs. */
  pair(): readonly [Person, Person];
  /** Somebody alone in a room where nothing happens. */
  waiter(): Person;
}

/** Time for an acknowledgement and the next poll to go out; milliseconds. */
const settle = 300;
const patience = 20_000;
/** A browser opens six connections to a server, of which J and D need up to four. */
const waitingAtOnce = 2;

/** Measures every transport: in turn those who talk, both on the same; beside them those who only wait. `each`: told of what is known of one. */
export async function compare(
  plan: Plan,
  cast: Cast,
  each: (result: Result) => void,
  stop: AbortSignal,
): Promise<void> {
  const known = new Map<Kind, Partial<Measured>>();
  const note = (kind: Kind, measured: Partial<Measured>) => {
    known.set(kind, { ...known.get(kind), ...measured });
    if (!stop.aborted) each(resultOf(kind, { ...known.get(kind) }));
  };
  const queue = [...kinds];
  const wait = async () => {
    for (let kind = queue.shift(); kind && !stop.aborted; kind = queue.shift())
      note(kind, await withPeople([cast.waiter()], stop, ([w]) => idle(kind as Kind, w as Person, plan.idle, stop)));
  };
  const talkAll = async () => {
    for (const kind of kinds) {
      if (stop.aborted) return;
      note(kind, await withPeople(cast.pair(), stop, ([j, d]) => talk(kind, j as Person, d as Person, plan, stop)));
    }
  };
  await Promise.all([talkAll(), ...Array.from({ length: waitingAtOnce }, wait)]);
}

interface Measured {
  readonly talked: Span & { readonly messages: number };
  readonly delays: readonly number[];
  readonly idle: Span & { readonly held: number };
  readonly error: string;
}

/** What was measured, or why it was not; whatever happens, nobody stays connected. */
async function withPeople(
  people: readonly Person[],
  stop: AbortSignal,
  measure: (people: readonly Person[]) => Promise<Partial<Measured>>,
): Promise<Partial<Measured>> {
  const quit = () => {
    for (const person of people) person.stop();
  };
  stop.addEventListener('abort', quit);
  try {
    return await measure(people);
  } catch (e) {
    return { error: textOf(e) };
  } finally {
    stop.removeEventListener('abort', quit);
    quit();
  }
}

/** What went by in some time. */
interface Span {
  readonly ms: number;
  readonly requests: number;
  /** Both ways. */
  readonly bytes: number;
  /** False where the server sees no requests: then nothing is known but the time. */
  readonly seen: boolean;
}

async function talk(
  kind: Kind,
  j: Person,
  d: Person,
  { messages }: Plan,
  stop: AbortSignal,
): Promise<Partial<Measured>> {
  j.choose(kind);
  d.choose(kind);
  await Promise.all([j.opened(patience), d.opened(patience)]);
  await pause(settle, stop);
  const before = await Promise.all([j.read(), d.read()]);
  for (let n = 1; n <= messages && !stop.aborted; n++) {
    // At any moment of the other's interval.
    await pause(Math.random() * (kind === 'shortPoll' ? d.interval.value : 100), stop);
    await d.sees(await j.send(`Message ${n} of ${messages}, from J to D.`), patience);
  }
  await pause(settle, stop);
  const after = await Promise.all([j.read(), d.read()]);
  const spans = after.map((counts, i) => between(before[i] as Counts, counts));
  const sum = (what: 'requests' | 'bytes') => spans.reduce((total, span) => total + span[what], 0);
  return {
    talked: {
      messages,
      ms: spans[0]?.ms ?? 0,
      requests: sum('requests'),
      bytes: sum('bytes'),
      seen: spans.every((span) => span.seen),
    },
    delays: d.delays.value.map((delay) => delay.ms),
  };
}

async function idle(kind: Kind, w: Person, seconds: number, stop: AbortSignal): Promise<Partial<Measured>> {
  w.choose(kind);
  await w.opened(patience);
  await pause(settle, stop);
  const before = await w.read();
  await pause(seconds * 1000, stop);
  const after = await w.read();
  return { idle: { ...between(before, after), held: after.open } };
}

const between = (before: Counts, after: Counts): Span => ({
  ms: after.at - before.at,
  requests: after.requests - before.requests,
  bytes: after.up + after.down - before.up - before.down,
  seen: after.requests > 0,
});

function resultOf(kind: Kind, { talked, delays = [], idle, error }: Partial<Measured>): Result {
  return {
    kind,
    median: median(delays),
    p90: quantile(delays, 0.9),
    held: idle?.seen ? idle.held : null,
    complete: error !== undefined || (talked !== undefined && idle !== undefined),
    ...costOfTalk(talked ?? null, talked?.messages ?? 0, idle ?? null),
    ...(error === undefined ? {} : { error }),
  };
}

/** What both people's messages cost, less what both would have spent on waiting in that time; and what one spends on waiting. */
export function costOfTalk(talked: Span | null, messages: number, idle: Span | null): Cost {
  const rate = (what: 'requests' | 'bytes') => (idle?.seen && idle.ms > 0 ? idle[what] / idle.ms : null);
  // Nothing is said before both are known: the first number would be too high and change.
  const per = (what: 'requests' | 'bytes') => {
    const waiting = rate(what);
    return talked?.seen && waiting !== null && messages > 0
      ? Math.max(0, talked[what] - 2 * waiting * talked.ms) / messages
      : null;
  };
  const idleMinute = (what: 'requests' | 'bytes') => {
    const waiting = rate(what);
    return waiting === null ? null : waiting * 60_000;
  };
  return {
    requestsPerMessage: per('requests'),
    bytesPerMessage: per('bytes'),
    requestsPerIdleMinute: idleMinute('requests'),
    bytesPerIdleMinute: idleMinute('bytes'),
  };
}

/** Bytes of a minute with six messages in it: one number for what a transport costs beside its delay. */
export const overhead = ({ bytesPerMessage, bytesPerIdleMinute }: Cost): number | null =>
  bytesPerMessage === null || bytesPerIdleMinute === null ? null : 6 * bytesPerMessage + bytesPerIdleMinute;

/** Least first; what has no figure last. */
export function ranked(results: readonly Result[], by: 'delay' | 'overhead'): readonly Result[] {
  const figure = (r: Result) => (by === 'delay' ? r.median : overhead(r)) ?? Number.POSITIVE_INFINITY;
  return [...results].sort((a, b) => figure(a) - figure(b));
}
