import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import type { RoomState } from '../chat/rooms';
import type { ChatEvent } from '../wire/contract';
import type { Range } from './ranges';
import type { StoredDraft, StoredMessage } from './store';

export interface RoomRow {
  readonly id: string;
  /** null: only pages of it are stored yet. */
  readonly state: RoomState | null;
  readonly cursor: number;
  /** The generation of the event at the cursor, where it is known. */
  readonly generation?: string | undefined;
  /** The numbers whose events are stored. */
  readonly ranges: readonly Range[];
}

export interface Schema extends DBSchema {
  events: { key: [string, number]; value: ChatEvent; indexes: { target: [string, number] } };
  rooms: { key: string; value: RoomRow };
  outbox: { key: number; value: StoredMessage; indexes: { roomId: string; clientId: string } };
  drafts: { key: string; value: StoredDraft };
}

export type Database = IDBPDatabase<Schema>;

const version = 1;
const nameOf = (userId: string) => `chat-${userId}`;

/** One database a user. `lost` is told why, if it goes away while it is open. Rejects if it cannot be opened; another tab may delay it for long. */
export async function openDatabase(userId: string, lost: (why: string) => void): Promise<Database> {
  return openDB<Schema>(nameOf(userId), version, {
    upgrade(db, from) {
      if (from >= 1) return;
      db.createObjectStore('events', { keyPath: ['roomId', 'seq'] }).createIndex('target', ['roomId', 'target']);
      db.createObjectStore('rooms', { keyPath: 'id' });
      const outbox = db.createObjectStore('outbox', { keyPath: 'order', autoIncrement: true });
      outbox.createIndex('roomId', 'roomId');
      outbox.createIndex('clientId', 'clientId');
      db.createObjectStore('drafts', { keyPath: 'roomId' });
    },
    blocking(_from, _to, event) {
      // A newer page, or a sign-out, in another tab must not wait for us.
      (event.target as IDBDatabase).close();
      lost('versionchange');
    },
    terminated: () => lost('terminated'),
  });
}

export const deleteDatabase = (userId: string): Promise<void> => deleteDB(nameOf(userId));
