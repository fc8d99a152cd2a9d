import { signal } from '@preact/signals';
import type { Room } from '../wire/contract';
import { type Cast, compare, type Plan, type Result } from './compare';
import { Guest } from './guest';
import type { Kind } from './kinds';
import { Person, type SentTimes } from './person';

/** Two guests, a room for the two, and what is measured of them. */
export class Lab {
  readonly results = signal<readonly Result[]>([]);
  readonly running = signal<AbortController | null>(null);
  readonly #timer: number;
  #pair: readonly [Person, Person];
  #waiting: Awaited<ReturnType<typeof alone>> | null = null;

  private constructor(
    private readonly room: Room,
    private readonly guests: readonly [Guest, Guest],
    private readonly sentTimes: SentTimes,
    readonly people: readonly [Person, Person],
  ) {
    this.#pair = people;
    people[0].choose('signalrWebSockets');
    people[1].choose('eventSource');
    this.#timer = setInterval(() => {
      // A server that does not answer now is asked again in a second.
      if (!this.running.value) for (const person of people) person.read().catch(() => undefined);
    }, 1_000) as unknown as number;
    addEventListener('pagehide', () => this.#leave());
  }

  /** Rejects with a `Refusal`; `forbidden`: the server takes no guests. */
  static async open(): Promise<Lab> {
    const guests = await Promise.all([Guest.arrive('J'), Guest.arrive('D')]);
    const [j, d] = guests;
    const room = await j.call<Room>(`/api/direct/${encodeURIComponent(d.user.name)}`, 'PUT');
    const sentTimes: SentTimes = new Map();
    return new Lab(room, guests, sentTimes, [
      new Person('J', j, room.id, sentTimes, room.head),
      new Person('D', d, room.id, sentTimes, room.head),
    ]);
  }

  /** Compares all transports; while it runs the two people rest, so that they do not disturb. */
  async compare(plan: Plan): Promise<void> {
    const stop = new AbortController();
    const { people } = this;
    const before = people.map((person) => person.kind.value);
    this.running.value = stop;
    this.results.value = [];
    for (const person of people) person.stop();
    try {
      await compare(plan, await this.#cast(), (result) => this.#note(result), stop.signal);
    } finally {
      this.running.value = null;
      people.forEach((person, i) => {
        person.skipTo(this.#head);
        person.choose(before[i] as Kind);
      });
    }
  }

  /** The newest number that anybody in the room of the two has seen. */
  get #head(): number {
    return Math.max(...[...this.people, ...this.#pair].map((person) => person.seen));
  }

  async #cast(): Promise<Cast> {
    const { room, guests, sentTimes } = this;
    this.#waiting ??= await alone();
    const { guest, room: quiet } = this.#waiting;
    return {
      pair: () => {
        const [j, d] = guests;
        const head = this.#head;
        this.#pair = [
          new Person('J', j, room.id, sentTimes, head),
          new Person('D', d, room.id, sentTimes, head),
        ] as const;
        return this.#pair;
      },
      waiter: () => new Person('D', guest, quiet.id, sentTimes, quiet.head),
    };
  }

  #note(result: Result): void {
    this.results.value = [...this.results.value.filter((r) => r.kind !== result.kind), result];
  }

  #leave(): void {
    clearInterval(this.#timer);
    for (const person of this.people) person.stop();
    for (const guest of this.guests) guest.leave();
    this.#waiting?.guest.leave();
  }
}

/** Somebody in a room of their own. */
async function alone(): Promise<{ guest: Guest; room: Room }> {
  const guest = await Guest.arrive('W');
  const room = await guest.call<Room>('/api/rooms', 'POST', { name: 'Transport lab', kind: 'private' });
  return { guest, room };
}
