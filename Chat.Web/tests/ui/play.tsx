/** The page around the conversation, with a chat in memory: `npx vite`, then /tests/ui/play.html?path=/r/lobby&as=J */
import '../../src/styles/tokens.css';
import '../../src/styles/base.css';
import '../../src/styles/panes.css';
import { render } from 'preact';
import { start as startLanguage } from '../../src/i18n';
import { App } from '../../src/ui/App';
import { startRouting } from '../../src/ui/route';
import { startTheme } from '../../src/ui/settings/theme';
import { start as startEntry } from '../../src/ui/signin/entry';
import type { User } from '../../src/wire/contract';
import { fakeChat, fakeEntry, fakeRoom } from './fakeChat';

const query = new URLSearchParams(location.search);
const me: User | null = query.has('as') ? { id: 'u-me', name: query.get('as') ?? '', kind: 'guest' } : null;
history.replaceState(null, '', query.get('path') ?? '/');
window.fetch = async (_input, init) => {
  const name = (JSON.parse(String(init?.body ?? '{}')) as { name?: string }).name;
  if (name === 'taken') return Response.json({ code: 'name_taken', detail: 'taken' }, { status: 409 });
  if (name) return Response.json({ user: { id: `u-${name}`, name, kind: 'guest' } });
  return me ? Response.json({ user: me }) : Response.json({ code: 'unauthenticated' }, { status: 401 });
};

const names = ['Ada', 'Grace', 'Linus', 'Дмитрий', '王小明', 'دانيال', 'Barbara', 'Ken', 'Margaret-Hamilton.the_first'];
const people = names.map((name, n) => ({ id: `u${n}`, name }));
const zalgo = `z${'\u0300\u0301\u0316\u0317\u0334'.repeat(12)}algo`;

function open(user: User) {
  const members = [user, ...people];
  const at = (hours: number) => Date.now() - hours * 3_600_000;
  const said = (n: number, body: string | null, hours: number) => ({
    sender: members[n] ?? user,
    body,
    at: at(hours),
  });
  const direct = (n: number) =>
    fakeRoom(`d${n}`, { kind: 'direct', name: names[n - 1] ?? '', members: [user, people[n - 1] ?? user] });
  const lobby = fakeRoom('lobby', { name: 'Lobby', topic: 'Whatever comes to mind – be kind', members });
  const chat = fakeChat(
    user,
    query.has('empty')
      ? []
      : [
          fakeEntry(lobby, { lastLine: said(1, 'The build is **green** again', 0.1), unread: 3, mentioned: true }),
          fakeEntry(direct(1), { lastLine: said(1, 'See you at four?', 0.5), unread: 1, mentioned: true }),
          fakeEntry(fakeRoom('release', { kind: 'private', name: 'Release 2.0', members }), {
            lastLine: said(0, 'I will look at it', 2),
            outbox: 2,
          }),
          fakeEntry(direct(5), { lastLine: said(5, '好的，明天见！', 20), unread: 0 }),
          fakeEntry(fakeRoom('hostile', { name: `${zalgo} a room with a very long name that goes on`, members }), {
            lastLine: said(3, `\u202Egnp.exe ${'W'.repeat(300)}`, 50),
            unread: 1234,
          }),
          fakeEntry(fakeRoom('design', { name: 'Design', members }), { lastLine: said(2, 'x', 60), hasDraft: true }),
          fakeEntry(direct(6), { lastLine: said(6, 'مرحبا، كيف الحال؟', 100) }),
          fakeEntry(fakeRoom('old', { name: 'Gardening', members }), { lastLine: said(4, null, 9000) }),
        ],
    query.has('new')
      ? []
      : [
          fakeRoom('music', { name: 'Music', topic: 'What are you listening to?' }),
          fakeRoom('books', { name: 'Books' }),
        ],
  );
  chat.presence.value = new Map(
    people.map((user, n) => [user.id, n % 3 === 0 ? 'online' : n % 3 === 1 ? 'away' : 'offline']),
  );
  if (query.has('lost')) {
    chat.status.value = {
      state: 'connecting',
      transport: 'serverSentEvents',
      reason: { code: 'no_answer', transport: 'webSockets', seconds: 3 },
      since: Date.now(),
      attempt: 4,
      roundTrip: null,
    };
  }
  if (query.has('storage')) chat.storageError.value = 'QuotaExceededError';
  Object.assign(globalThis, { chat });
  return Promise.resolve(chat);
}

startTheme();
startRouting();
await startLanguage();
startEntry(open);
render(<App />, document.body);
