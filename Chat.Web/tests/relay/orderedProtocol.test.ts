import { HttpClient, HttpResponse, HubConnectionBuilder, type ITransport, LogLevel } from '@microsoft/signalr';
import { expect, test } from 'vitest';
import { OrderedProtocol, serverSaid, syncedPush } from '../../src/relay/orderedProtocol';

const record = (message: unknown) => `${JSON.stringify(message)}\u001e`;
const event = (n: number) => record({ type: 1, target: 'Event', arguments: [n] });

class Negotiation extends HttpClient {
  override async send(): Promise<HttpResponse> {
    return new HttpResponse(200, '', '{"connectionId":"1","connectionToken":"1","negotiateVersion":1}');
  }
}

/** A wire in the hand of the test. */
class Wire implements ITransport {
  onreceive: ((data: string | ArrayBuffer) => void) | null = null;
  onclose: ((error?: Error) => void) | null = null;
  async connect(): Promise<void> {}
  async send(data: string): Promise<void> {
    if (data.includes('"protocol"')) this.onreceive?.(record({}));
  }
  async stop(): Promise<void> {
    this.onclose?.();
  }
}

async function connected() {
  const wire = new Wire();
  const hub = new HubConnectionBuilder()
    .configureLogging(LogLevel.None)
    .withHubProtocol(new OrderedProtocol())
    .withUrl('http://relay/hub', { transport: wire, httpClient: new Negotiation() })
    .build();
  const heard: unknown[] = [];
  hub.on('Event', (n) => heard.push(n));
  hub.on(syncedPush, (answer) => heard.push(answer));
  await hub.start();
  return { hub, wire, heard };
}

test('the answer of a Sync is heard in its place among the events of the same chunk', async () => {
  const { hub, wire, heard } = await connected();
  const answer = hub.invoke('Sync', {}).then((a) => heard.push(`promise of ${a}`));
  wire.onreceive?.(event(1) + record({ type: 3, invocationId: '0', result: 'answer' }) + event(2));
  await answer;
  expect(heard).toEqual([1, 'answer', 2, 'promise of answer']);
  await hub.stop();
});

test('the answer of another call is not', async () => {
  const { hub, wire, heard } = await connected();
  const answer = hub.invoke('History', {});
  wire.onreceive?.(record({ type: 3, invocationId: '0', result: 'page' }));
  expect(await answer).toBe('page');
  expect(heard).toEqual([]);
  await hub.stop();
});

test("what the server says can be told from what the connection's end says", async () => {
  const { hub, wire } = await connected();
  const refused = hub.invoke('Send').catch((e: Error) => e.message);
  wire.onreceive?.(record({ type: 3, invocationId: '0', error: 'HubException: forbidden: no' }));
  expect(await refused).toBe(`${serverSaid}HubException: forbidden: no`);
  const lost = hub.invoke('Send').catch((e: Error) => e.message);
  await hub.stop();
  expect(await lost).not.toContain(serverSaid);
});
