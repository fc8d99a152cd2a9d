/** The conversation alone, with a made-up room of 100,000 messages: `npx vite build --config tests/dev/vite.config.ts`. Options in the address. */
import { signal } from '@preact/signals';
import { render } from 'preact';
import type { Item } from '../../src/chat/model';
import { start } from '../../src/i18n';
import { Conversation } from '../../src/ui/conversation/Conversation';
import { FakeChat as Fake, type FakeChat, message, notice } from '../fakeChat';
import { hostile } from '../text/hostile';

const options = new URLSearchParams(location.search);
const size = Number(options.get('size') ?? 100_000);
const begin = Date.now() - size * 90_000;

const samples = [
  'Morning!',
  'Has anyone seen the **blue** folder? It was *here* yesterday, ~~I think~~ I know.',
  'See https://example.org/docs/a?b=c and [the manual](https://docs.example.com/manual), or write to ann@example.org',
  '```ts\nexport const answer = 42; // a rather long line that goes on and on and on, so that the block has to scroll to the side at least a little\nconsole.log(answer);\n```',
  'Things to do:\n\n1. buy milk\n2. call @小明\n   - in the morning\n   - or not\n3. `npm ci`',
  '> To be or not to be\n\nthat is what they asked @Jo yesterday',
  ':tada: :+1:',
  '你好，大家！链接在这里：https://example.cn/路径，看看吧。',
  '/me waves at everybody',
  'A longer one. '.repeat(25),
  '| a | b |\n|---|---|\n| 1 | **2** |',
  'line one\nline two\nline three',
  'ok',
  '👋',
];

function make(seq: number, chat: FakeChat): Item {
  const people = [...chat.others, chat.me.value];
  const sender = people[Math.floor(seq / 3) % people.length] ?? chat.me.value;
  const at = begin + seq * 90_000;
  if (seq === 1) return notice(seq, 'join', sender, at);
  if (seq % 37 === 0) return notice(seq, 'join', sender, at, { by: chat.me.value });
  if (seq % 53 === 0) return notice(seq, 'room', sender, at, { room: { name: 'Kitchen' } });
  if (options.has('hostile'))
    return message(seq, sender, Object.values(hostile)[seq % Object.keys(hostile).length] ?? '', at);
  const body = samples[(seq * 5) % samples.length] ?? '';
  return message(seq, sender, seq % 41 === 0 ? null : body, at, {
    edited: seq % 11 === 0,
    ...(seq % 9 === 0 ? { replyTo: seq - 4 } : {}),
    ...(seq % 6 === 0
      ? {
          reactions: [
            { body: '👍', users: [people[0], chat.me.value].filter((u) => u !== undefined) },
            { body: '🎉', users: chat.others.slice(0, 2) },
          ],
        }
      : {}),
  });
}

const chat = new Fake(
  signal(size),
  make,
  { kind: options.has('direct') ? 'direct' : 'public' },
  Number(options.get('unread') ?? 0),
);
if (options.has('direct')) chat.markers.value = new Map([['u-ann', size - 3]]);
if (options.has('typing')) chat.typists.value = chat.others.slice(0, 2);
if (options.has('outbox')) {
  chat.sending = 'hold';
  void chat.send('r1', 'this one waits');
  chat.sending = 'refuse';
  void chat.send('r1', 'this one was refused');
  chat.sending = 'ack';
}
document.documentElement.dataset.theme = options.get('theme') ?? 'light';
Object.assign(globalThis, { chat });
await start();
const main = document.createElement('main');
document.body.append(main);
const seq = options.get('seq');
render(<Conversation chat={chat.asChat()} roomId="r1" seq={seq === null ? null : Number(seq)} />, main);
