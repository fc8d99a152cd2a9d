// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/"}
import { beforeEach, expect, test } from 'vitest';
import { decide } from '../../../src/ui/notify/decide';
import { change, preferences } from '../../../src/ui/notify/preferences';
import { roomMenu } from '../../../src/ui/rooms/roomMenu';
import { fakeChat, fakeEntry, fakeRoom } from '../fakeChat';

const entry = fakeEntry(fakeRoom('lobby'));
const items = () => roomMenu(fakeChat({ id: 'me', name: 'Jean', kind: 'guest' }, [entry]), entry);
const choose = (group: string, label: string) =>
  items()
    .find((item) => item.group === group && item.label === label)
    ?.run();
const chosen = () =>
  items()
    .filter((item) => item.checked)
    .map((item) => item.label);

beforeEach(() => change({ desktop: true, level: 'all', sound: false, rooms: {} }));

test('a room follows the settings until it has its own choice, and again when that is given back', () => {
  expect(chosen()).toEqual(['As in settings', 'As in settings']);
  choose('Notifications', 'Nothing');
  choose('Sound', 'Sound on');
  expect(chosen()).toEqual(['Nothing', 'Sound on']);
  choose('Notifications', 'As in settings');
  choose('Sound', 'As in settings');
  expect(chosen()).toEqual(['As in settings', 'As in settings']);
  const said = { room: entry.room, mentioned: false };
  expect(decide(preferences.value, said, false)).toEqual({ show: true, sound: false });
  change({ level: 'none', sound: true });
  expect(decide(preferences.value, said, false).show).toBe(false);
});
