// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import type { ConnectionStatus, Reason } from '../../../src/chat/model';
import { reasonText } from '../../../src/ui/connection/reasonText';
import { summary } from '../../../src/ui/connection/words';

const open: ConnectionStatus = {
  state: 'connected',
  transport: 'webSockets',
  reason: { code: 'connected' },
  since: 0,
  attempt: 0,
  roundTrip: 12.4,
};

test('the indicator names what carries the messages, and how fast', () => {
  expect(summary(open, true)).toBe('WebSocket · 12 ms');
  expect(summary({ ...open, roundTrip: 1.26 }, true)).toBe('WebSocket · 1.3 ms');
  expect(summary({ ...open, transport: 'longPolling', roundTrip: null }, true)).toBe('Long polling');
});

test('it does not name a transport that carries nothing', () => {
  expect(summary({ ...open, state: 'connecting' }, true)).toBe('Connecting…');
  expect(summary({ ...open, state: 'connecting' }, false)).toBe('Offline');
  expect(summary({ ...open, state: 'failed' }, true)).toBe('Refused');
});

describe('why it changed is a whole sentence', () => {
  const reasons: Reason[] = [
    { code: 'starting' },
    { code: 'connected' },
    { code: 'fell_back', from: 'webSockets' },
    { code: 'moved_up', transport: 'webSockets' },
    { code: 'forced', transport: 'longPolling' },
    { code: 'automatic' },
    { code: 'lost', detail: 'closed' },
    { code: 'silent', seconds: 30 },
    { code: 'no_answer', transport: 'webSockets', seconds: 3 },
    { code: 'transport_failed', transport: 'serverSentEvents', detail: '' },
    { code: 'unreachable', detail: '' },
    { code: 'offline' },
    { code: 'woke' },
    { code: 'asked' },
    { code: 'refused', error: 'forbidden', detail: '' },
  ];
  test.each(reasons)('$code', (reason) => {
    expect(reasonText(reason)).not.toMatch(/[{}]|undefined|transport\.|webSockets|longPolling|serverSentEvents/);
    expect(reasonText(reason).length).toBeGreaterThan(8);
  });
});
