// Connects to the hub with SignalR's own JavaScript client, again and again over each transport, sends, and prints what came of it as JSON.
// Arguments: address, access token, room, connections for each transport, messages for each connection.
const { HubConnectionBuilder, HttpTransportType, LogLevel } = require('@microsoft/signalr');

const [address, token, room, connections, messages] = process.argv.slice(2);
const result = { answered: 0, failures: [] };

async function talk(transport) {
  for (let c = 0; c < Number(connections); c++) {
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
}

Promise.all(['WebSockets', 'ServerSentEvents', 'LongPolling'].map(talk)).then(() => {
  console.log(JSON.stringify(result));
  process.exit(0);
});
