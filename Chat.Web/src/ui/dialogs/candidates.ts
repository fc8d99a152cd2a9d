import type { RoomEntry } from '../../chat/model';
import { foldName } from '../../text/mentions';
import type { Room, UserRef } from '../../wire/contract';
import { isName } from '../names';
import { score } from './fuzzy';

/** A line of the switcher: a room of mine, somebody I know, or a name to try. */
export type Candidate =
  | { readonly kind: 'room'; readonly id: string; readonly name: string; readonly room: Room; readonly unread: number }
  | { readonly kind: 'person'; readonly id: string; readonly name: string; readonly user: UserRef }
  | { readonly kind: 'name'; readonly id: string; readonly name: string };

const most = 50;

/** What the switcher offers for a query, the best first; without one, the rooms as they stand in the list. */
export function candidates(query: string, rooms: readonly RoomEntry[], people: readonly UserRef[]): Candidate[] {
  const direct = new Set(rooms.filter(({ room }) => room.kind === 'direct').map(({ room }) => foldName(room.name)));
  const all: Candidate[] = [
    ...rooms.map(({ room, unread }) => ({ kind: 'room', id: room.id, name: room.name, room, unread }) as const),
    ...people
      .filter((user) => !direct.has(foldName(user.name)))
      .map((user) => ({ kind: 'person', id: user.id, name: user.name, user }) as const),
  ];
  const asked = query.trim().replace(/^[@#]/, '');
  const fitting = all
    .map((candidate) => ({ candidate, fit: score(asked, candidate.name) }))
    .filter((x): x is { candidate: Candidate; fit: number } => x.fit !== null);
  if (asked) fitting.sort((a, b) => b.fit - a.fit);
  const found = fitting.slice(0, most).map((x) => x.candidate);
  const isKnown = all.some((x) => foldName(x.name) === foldName(asked) && isPerson(x));
  return isName(asked) && !isKnown ? [...found, { kind: 'name', id: '', name: asked }] : found;
}

const isPerson = (x: Candidate): boolean => x.kind === 'person' || (x.kind === 'room' && x.room.kind === 'direct');
