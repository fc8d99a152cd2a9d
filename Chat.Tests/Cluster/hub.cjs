// Connects to the hub with SignalR's own JavaScript client, several times over each transport, sends, and prints what came of it as JSON.
// Arguments: address, access token, room, connections for each transport, messages for each connection.
const { HubConnectionBuilder, HttpTransportType, LogLevel } = require('@microsoft/signalr');

const [address, token, room, connections, messages] = process.argv.slice(2);
const result = { answered: 0, failures: [] };

async function talk(transport, c) {
  const hub = new HubConnectionBuilder()
    .configureLogging(LogLevel.None)
    .withUrl(`${address}hubs/chat`, { transport: HttpTransportType[transport], accessTokenFactory: () => token })
    .build();
  try {
    await hub.start();
    for (let m = 0; m < Number(messages); m++) {
      const [sent] = await hub.invoke('Send', room, [{ clientId: `js-${transport}-${c}-${m}`, body: 'hello' }]);
      if (sent.error) throw new Error(JSON.stringify(sent));
      result.answered++;
    }
    await hub.stop();
  } catch (e) {
    result.failures.push(`${transport}: ${e}`);
  }
}

const all = ['WebSockets', 'ServerSentEvents', 'LongPolling'].flatMap((transport) => Array.from({ length: Number(connections) }, (_, c) => talk(transport, c)));
Promise.all(all).then(() => {
  console.log(JSON.stringify(result));
  process.exit(0);
});
