import { expect, test } from 'vitest';
import { di, jo } from '../fakeServer';
import { anew, entry, page, server, shown, ticks, until } from './pages';

anew();

test('edits, reactions and what is read reach the server, and come back', async () => {
  const chat = await page();
  chat.timeline('r');
  await until(() => chat.synced.value);
  await chat.send('r', 'a');
  await until(() => shown(chat).includes('a'));
  const seq = server.log('r').length;
  server.say('r', di, 'b');
  await chat.edit('r', seq, 'A');
  await chat.react('r', seq, '+');
  await until(() => shown(chat)[0] === 'A');
  expect(chat.timeline('r').items.value.at(-2)).toMatchObject({
    message: { edited: true, reactions: [{ body: '+', users: [{ id: jo.id }] }] },
  });
  chat.markRead('r', seq + 1);
  await until(() => entry(chat)?.unread === 0);
  await until(() => server.roomFor(jo, 'r').readUpTo === seq + 1);
});

test('unread is exact after reading up to a message in the middle', async () => {
  const chat = await page();
  await until(() => chat.synced.value);
  const a = server.say('r', di, 'a');
  server.append('r', { type: 'reaction', sender: di, target: a.seq, body: '+' });
  server.say('r', di, 'b');
  server.append('r', { type: 'edit', sender: di, target: a.seq, body: 'A' });
  await until(() => entry(chat)?.unread === 2);
  chat.markRead('r', a.seq);
  await until(() => entry(chat)?.unread === 1);
});

test('what was read while nobody answered reaches the server from the next page', async () => {
  const { seq } = server.say('r', di, 'hi');
  const first = await page();
  await until(() => first.synced.value);
  server.faults.unreachable = () => true;
  server.breakAll();
  first.markRead('r', seq);
  await ticks(5);
  first.stop();
  await ticks(5);
  server.faults.unreachable = () => false;
  await page();
  await until(() => server.roomFor(jo, 'r').readUpTo === seq);
});
