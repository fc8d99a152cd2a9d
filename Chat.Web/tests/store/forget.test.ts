// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { forgetAccount } from '../../src/store/forget';
import { openDatabase } from '../../src/store/schema';
import { kept } from '../../src/ui/kept';

test('nothing of an account stays, also where another tab has its database open', async () => {
  localStorage.setItem('chat:notify', '{"level":"none"}');
  localStorage.setItem('chat:emoji', '["🎉"]');
  localStorage.setItem('chat:theme', '"dark"');
  const shown = kept<{ level: string }>('chat:notify', { level: 'all' });
  const db = await openDatabase('u1', () => undefined);
  await db.put('drafts', { roomId: 'r', text: 'half a thought' });
  const other = await openDatabase('u2', () => undefined);

  await forgetAccount('u1');

  expect((await indexedDB.databases()).map((d) => d.name)).toEqual(['chat-u2']);
  expect(localStorage.getItem('chat:notify')).toBeNull();
  expect(localStorage.getItem('chat:emoji')).toBeNull();
  expect(shown.value.level).toBe('all');
  expect(localStorage.getItem('chat:theme')).toBe('"dark"');
  other.close();
});
