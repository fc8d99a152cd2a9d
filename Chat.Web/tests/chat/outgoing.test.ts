import { expect, test, vi } from 'vitest';
import { IndexedStore } from '../../src/store/indexedStore';
import { SafeStore } from '../../src/store/safeStore';
import { Refusal } from '../../src/wire/refusal';
import { di, jo } from '../fakeServer';
import { anew, entry, leave, page, server, shown, ticks, until } from './pages';

anew();

test('a message written while nobody answers survives the page and is sent once', async () => {
  const first = await page();
  await until(() => first.synced.value);
  server.faults.breakCall = (method) => (method === 'Send' ? 'after' : null);
  first.timeline('r');
  await first.send('r', 'important');
  await until(() => server.log('r').some((e) => e.body === 'important'));
  leave(first);
  await ticks(5);
  server.faults.unreachable = () => false;
  server.faults.breakCall = () => null;
  const second = await page();
  expect(second.timeline('r')).toBeDefined();
  await until(() => second.synced.value && entry(second)?.outbox === 0);
  await until(() => shown(second).includes('important'));
  expect(server.log('r').filter((e) => e.body === 'important').length).toBe(1);
  expect(shown(second).filter((b) => b?.includes('important'))).toEqual(['important']);
});

test('two tabs show one outbox, and each message once', async () => {
  const [one, two] = [await page(), await page()];
  await until(() => one.synced.value && two.synced.value);
  one.timeline('r');
  two.timeline('r');
  for (let i = 0; i < 10; i++) await (i % 2 ? one : two).send('r', `m${i}`);
  await until(() => shown(one).length === 10 && shown(two).length === 10);
  await until(() => entry(one)?.outbox === 0 && entry(two)?.outbox === 0);
  const sent = server.log('r').flatMap((e) => (e.type === 'message' ? e.body : []));
  expect(sent).toEqual(Array.from({ length: 10 }, (_, i) => `m${i}`));
  expect(shown(one)).toEqual(sent);
  expect(shown(two)).toEqual(sent);
});

test('what one tab sends takes its own draft along, and not one that another tab has written meanwhile', async () => {
  const [one, two] = [await page(), await page()];
  one.draft('r').value = 'from one';
  await until(() => two.draft('r').value === 'from one');
  await one.send('r', 'from one');
  await until(() => two.draft('r').value === '');

  one.draft('r').value = 'one more';
  const sending = one.send('r', 'one more');
  two.draft('r').value = 'half a thought';
  await sending;
  await ticks(20);
  expect(two.draft('r').value).toBe('half a thought');
  const third = await page();
  expect(third.draft('r').value).toBe('half a thought');

  await two.send('r', 'half a thought');
  await until(() => third.draft('r').value === '');
  expect((await page()).draft('r').value).toBe('');
});

test('a tab that is not connected has its messages sent by one that is', async () => {
  const connected = await page();
  await until(() => connected.synced.value);
  server.faults.unreachable = () => true;
  const alone = await page();
  await alone.send('r', 'carried');
  await until(() => server.log('r').some((e) => e.body === 'carried'));
});

test('a failed message can be discarded, or sent again', async () => {
  const chat = await page();
  await until(() => chat.synced.value);
  let allowed = false;
  server.faults.refuse = (method) => (method === 'Send' && !allowed ? new Refusal('forbidden', 'no') : null);
  chat.timeline('r');
  await chat.send('r', 'a');
  await chat.send('r', 'b');
  await until(() => shown(chat).join() === 'failed a,failed b');
  const [a, b] = chat
    .timeline('r')
    .items.value.filter((i) => i.kind === 'outbox')
    .map((i) => i.key) as [string, string];
  await chat.discard(a);
  allowed = true;
  await chat.retry(b);
  await until(() => shown(chat).join() === 'b');
  expect(entry(chat)?.outbox).toBe(0);
});

test('drafts are kept and shared', async () => {
  const [one, two] = [await page(), await page()];
  one.draft('r').value = 'half a th';
  await until(() => two.draft('r').value === 'half a th');
  await until(() => one.synced.value);
  expect(entry(one)?.hasDraft).toBe(true);
  one.stop();
  await ticks(5);
  expect((await page()).draft('r').value).toBe('half a th');
});

test('what is sent is shown at once, leaves the field when it is stored, and does not come back after a crash', async () => {
  const one = await page();
  const other = await page();
  await until(() => one.synced.value && other.synced.value);
  one.draft('r').value = 'half a thought';
  await until(() => other.draft('r').value !== '');
  const sent = one.send('r', 'half a thought');
  expect(one.outbox.value).toMatchObject([{ state: 'pending', body: 'half a thought' }]);
  expect(one.draft('r').value).toBe('half a thought');
  await sent;
  one.draft('r').value = '';
  // No timer has passed: this is what a page finds that comes after a crash.
  const after = await SafeStore.open(jo.id);
  expect(await after.drafts()).toEqual([]);
  after.close();
  await new Promise((done) => setImmediate(done));
  await new Promise((done) => setImmediate(done));
  expect(other.draft('r').value).toBe('');
});

test('what memory kept for a database that would not take it is sent once, and the draft is stored again', async () => {
  const chat = await page();
  await until(() => chat.synced.value);
  const add = vi.spyOn(IndexedStore.prototype, 'add').mockRejectedValue(new Error('broken'));
  const draft = vi.spyOn(IndexedStore.prototype, 'setDraft').mockRejectedValue(new Error('broken'));
  await chat.send('r', 'x');
  chat.draft('r').value = 'next';
  await ticks(10);
  expect(chat.storageError.value).toBe('broken');
  add.mockRestore();
  draft.mockRestore();
  await until(() => chat.storageError.value === null);
  await ticks(10);
  expect(server.log('r').filter((e) => e.body === 'x').length).toBe(1);
  expect(chat.outbox.value).toEqual([]);
  const after = await SafeStore.open(jo.id);
  expect(await after.drafts()).toEqual([{ roomId: 'r', text: 'next' }]);
  after.close();
});

test('what I wrote to a room that I was removed from stays, with its draft', async () => {
  const chat = await page();
  await until(() => chat.synced.value);
  leave(chat);
  await ticks(2);
  const offline = await page();
  offline.draft('r').value = 'half a thought';
  await ticks(10);
  await offline.send('r', 'written offline');
  offline.draft('r').value = 'another thought';
  await ticks(10);
  const room = server.rooms.get('r');
  if (room) room.room = { ...room.room, members: [di] };
  server.faults.refuse = (method) => (method === 'Send' ? new Refusal('forbidden', 'no') : null);
  server.faults.unreachable = () => false;
  await until(() => offline.rooms.value.length === 0 && offline.outbox.value[0]?.state === 'failed');
  await ticks(10);
  const after = await SafeStore.open(jo.id);
  expect(await after.outbox()).toMatchObject([{ body: 'written offline', error: { code: 'forbidden' } }]);
  expect(await after.drafts()).toEqual([{ roomId: 'r', text: 'another thought' }]);
  after.close();
});
