// Follows a room with a client of npm and prints the number of each event as it comes; at last, why it does not come back.
// Arguments: eventsource or ws, the address of the room's events, access token, last number.
const [way, events, token, after] = process.argv.slice(2);
let last = Number(after);

function heard(data) {
  const { seq } = JSON.parse(data);
  if (seq === undefined) return true;
  if (seq !== last + 1) return false;
  last = seq;
  console.log(seq);
  return true;
}

const types = ['message', 'edit', 'delete', 'reaction', 'join', 'leave', 'room'];

const ways = {
  eventsource() {
    const EventSource = require('eventsource');
    const source = new EventSource(`${events}/stream?after=${last}`, { headers: { Authorization: `Bearer ${token}` } });
    // It takes an id for its own before the event is complete: cut exactly there, it misses one, as its user can see by the numbers.
    for (const type of types)
      source.addEventListener(type, e => {
        if (source.readyState === EventSource.CLOSED || heard(e.data)) return;
        source.close();
        ways.eventsource();
      });
    source.onerror = e => {
      if (e.status < 500) console.log(`closed ${e.status}`); // for good: a line that breaks has no status
    };
  },
  ws() {
    const WebSocket = require('ws');
    const socket = new WebSocket(`${events.replace('http', 'ws')}/socket?after=${last}&access_token=${token}`, 'chat.v1');
    socket.on('message', heard);
    socket.on('error', () => {});
    socket.on('close', code => (code < 4000 ? setTimeout(ways.ws, 50) : console.log(`closed ${code}`)));
  },
};

ways[way]();
