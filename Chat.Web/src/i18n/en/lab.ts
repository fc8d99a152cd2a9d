/** The words of the transport lab, a page of its own. */
export const lab = {
  'lab.title': 'Transport lab',
  'lab.back': 'To the chat',
  'lab.intro':
    'Browsers cannot call each other: when J writes to D, the message goes to the server, and the server has to get it to D. Here are all the ways in which it can do that, live, with what each costs.',
  'lab.start': 'Start',
  'lab.start_hint': 'Two guests, J and D, are made for this page and leave with it. Your own account is not touched.',
  'lab.starting': 'J and D are coming in…',
  'lab.no_guests':
    'This server takes no guests, and the lab needs two. Who runs the server can allow them with Chat:Accounts:Guests=true; or run a server of your own and open its /lab.',
  'lab.failed': 'The lab could not start. {why}',
  'lab.resting': 'J and D rest while the comparison runs.',

  'lab.kind.shortPoll': 'Short polling',
  'lab.kind.longPoll': 'Long polling',
  'lab.kind.frame': 'Iframe stream',
  'lab.kind.eventSource': 'EventSource (SSE)',
  'lab.kind.socket': 'WebSocket, bare',
  'lab.kind.signalrLongPolling': 'SignalR: long polling',
  'lab.kind.signalrServerSentEvents': 'SignalR: Server-Sent Events',
  'lab.kind.signalrWebSockets': 'SignalR: WebSocket',

  'lab.about.shortPoll':
    'The browser asks again and again, and the server answers at once, mostly that there is nothing new. It works everywhere and is simple; between two questions the news waits, and every empty answer is waste.',
  'lab.about.longPoll':
    'The browser asks, and the server keeps the question until there is something to say or the time is up; then the browser asks again. News comes at once, but each message costs a whole request, and a connection is held while waiting.',
  'lab.about.frame':
    'A hidden iframe loads a document that never ends; for each message the server writes a script into it, which calls a function of this page. The oldest way to push, understood by every browser, though the browser thinks the page is still loading.',
  'lab.about.eventSource':
    'One request whose answer, text/event-stream, never ends: the server writes lines into it, and after a cut the browser comes back by itself and says which line was the last. It goes one way only; what the browser has to say takes a request of its own.',
  'lab.about.socket':
    'A request asks for an upgrade, the server answers 101, and from then on both sides send frames of a few bytes more than the message, whenever they like. The least overhead of all, as long as everything on the way lets it through.',
  'lab.about.signalrLongPolling':
    'SignalR’s last resort: the hub’s messages are collected by long polls and sent by POST. The same calls as over its other transports, so that a client can fall back to it without noticing.',
  'lab.about.signalrServerSentEvents':
    'SignalR over an event stream: the hub’s messages come as data lines, and calls to it go by POST. What it takes where proxies swallow WebSockets.',
  'lab.about.signalrWebSockets':
    'SignalR’s first choice: after a negotiation, calls, answers and pushes share one WebSocket as text frames, each message ended by the character 0x1E. The frames are larger than bare ones, because they carry method names, call numbers, receipts and a ping every few seconds.',

  'lab.person': 'How {name} is connected',
  'lab.transport': 'Transport',
  'lab.interval': 'Asks every',
  'lab.seconds': '{n} s',
  'lab.state.opening': 'Opening…',
  'lab.state.open': 'Open',
  'lab.state.broken': 'Broken, tried again. {why}',
  'lab.messages': 'What {name} sees',
  'lab.no_messages': 'Write something below.',
  'lab.write': '{name} writes to {other}',
  'lab.send': 'Send',
  'lab.said': '{name}:',
  'lab.not_sent': 'not sent',
  'lab.waits': 'on its way',

  'lab.delay': 'Delay, median',
  'lab.delay_hint': 'from {other}’s Send to here',
  'lab.per_message': 'Per message',
  'lab.per_idle': 'Per idle minute',
  'lab.held': 'Held open',
  'lab.ms': '{n} ms',
  'lab.bytes': '{n} B',
  'lab.kilobytes': '{n} kB',
  'lab.requests': { one: '{n} request', other: '{n} requests' },
  'lab.connections': { one: '{n} connection', other: '{n} connections' },
  'lab.unknown': '–',
  'lab.plot.bytes': 'Bytes a second: sent above, received below',
  'lab.plot.bytes_label': 'Bytes a second in the last minute: at most {up} sent and {down} received',
  'lab.plot.delay': 'Delay of each message',
  'lab.plot.delay_label': { one: 'Delay of {n} message', other: 'Delays of {n} messages' },

  'lab.wire': 'On the wire',
  'lab.wire_hint':
    'HTTP as the server reads and writes it, between {name}’s browser and the server. Tokens and cookies are replaced by asterisks of the same length. TCP, IP and TLS add their own bytes to it.',
  'lab.whose': 'Whose',
  'lab.view.wire': 'Protocol',
  'lab.view.http': 'P under http',
  'lab.view.https': 'P under https',
  'lab.view': 'Show',
  'lab.nothing_yet': 'Nothing has gone by yet.',
  'lab.no_wire':
    'This server speaks https itself, so what goes by is encrypted where it could be copied. Delays are measured all the same; over http, or behind a proxy that ends https, the wire is shown.',
  'lab.missing': {
    one: '{n} node of the cluster does not say what it has seen.',
    other: '{n} nodes of the cluster do not say what they have seen.',
  },
  'lab.up': 'to the server',
  'lab.down': 'to the browser',
  'lab.row.request': 'request',
  'lab.row.response': 'answer',
  'lab.row.upgrade': 'upgrade',
  'lab.row.body': 'body',
  'lab.row.chunk': 'chunk',
  'lab.row.event': 'event stream',
  'lab.row.beat': 'heartbeat',
  'lab.row.script': 'script',
  'lab.row.end': 'last chunk',
  'lab.row.frame': 'frame',
  'lab.row.lost': 'not kept',

  'lab.http_hint':
    'P sits between browser and server. Under http P reads all of it, the masked frames too, because the key of the mask stands in front of them; and where you see asterisks, P reads the token and can act as {name}.',
  'lab.https_hint':
    'The same bytes once more, over a TLS connection that the server made with itself just now. P learns the name of the server, who talks when, and how much.',
  'lab.reads': {
    one: 'P has read {n} of {all} messages: {list}',
    other: 'P has read {n} of {all} messages: {list}',
  },
  'lab.reads_none': 'P has read none of {all} messages.',
  'lab.sealing': 'Encrypting…',

  'lab.compare': 'Comparison',
  'lab.compare_hint':
    'J sends D messages over every transport, one after the other, and each message’s delay is taken; meanwhile somebody else only waits, on each transport in turn. Both clocks are this page’s. The figures are of this browser, this server and the way between them, now.',
  'lab.compare_messages': 'Messages',
  'lab.compare_idle': 'Idle seconds',
  'lab.compare_run': 'Compare all eight',
  'lab.compare_stop': 'Stop',
  'lab.compare_progress': '{n} of 8 measured',
  'lab.compare_done': 'All eight are measured.',
  'lab.rank_by': 'Rank by',
  'lab.rank.delay': 'delay',
  'lab.rank.overhead': 'overhead',
  'lab.overhead_hint': 'Overhead: bytes of a minute in which six messages pass.',
  'lab.classic':
    'The classic order by performance is WebSocket, then SSE, long polling, short polling; by compatibility it is the reverse. Where the network is near and the server idle, all that push are close together in delay, and what tells them apart is overhead.',
  'lab.column.rank': 'Rank',
  'lab.column.requests': 'Requests',
  'lab.column.bytes': 'Bytes',
  'lab.column.overhead': 'Overhead',
  'lab.column.p90': '90 % below',
} as const;
