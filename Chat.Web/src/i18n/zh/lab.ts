import type { Words } from '..';
import type { lab as english } from '../en/lab';

export const lab: Record<keyof typeof english, Words> = {
  'lab.title': '传输实验室',
  'lab.back': '返回聊天',
  'lab.intro':
    '浏览器之间不能直接通话：J 给 D 写消息时，消息先到服务器，再由服务器设法送到 D 那里。这里列出了服务器能用的所有办法，现场运行，并测出每一种的代价。',
  'lab.start': '开始',
  'lab.start_hint': '将为本页创建两位访客 J 和 D，他们随页面一起离开。你自己的账户不受影响。',
  'lab.starting': 'J 和 D 正在进入…',
  'lab.no_guests':
    '这台服务器不接受访客，而实验室需要两位访客。服务器的管理者可以用 Chat:Accounts:Guests=true 允许访客；你也可以运行自己的服务器，打开它的 /lab。',
  'lab.failed': '实验室未能启动。{why}',
  'lab.resting': '对比进行时，J 和 D 暂时休息。',

  'lab.kind.shortPoll': '短轮询',
  'lab.kind.longPoll': '长轮询',
  'lab.kind.frame': 'iframe 流',
  'lab.kind.eventSource': 'EventSource（SSE）',
  'lab.kind.socket': '裸 WebSocket',
  'lab.kind.signalrLongPolling': 'SignalR：长轮询',
  'lab.kind.signalrServerSentEvents': 'SignalR：服务器推送事件',
  'lab.kind.signalrWebSockets': 'SignalR：WebSocket',

  'lab.about.shortPoll':
    '浏览器一遍遍地问，服务器立即回答，多数时候只是说没有新消息。它简单，在哪里都能用；但两次询问之间消息只能等着，每个空的回答都是浪费。',
  'lab.about.longPoll':
    '浏览器发出询问，服务器把它留着，直到有话可说或时间到了才回答，然后浏览器再问。消息能立即送到，但每条消息都要花费一个完整的请求，等待时还要占住一个连接。',
  'lab.about.frame':
    '隐藏的 iframe 加载一个永不结束的文档；每来一条消息，服务器就往里写一段脚本，由它调用本页的函数。这是最早的推送办法，所有浏览器都懂，只是浏览器会以为页面一直没有加载完。',
  'lab.about.eventSource':
    '只有一个请求，它的回答（text/event-stream）永不结束：服务器往里一行行地写，断开后浏览器会自己回来，并说出最后收到的是哪一条。它只有一个方向；浏览器要说话，得另发请求。',
  'lab.about.socket':
    '一个请求要求升级，服务器回答 101，此后双方随时都能发送帧，每帧只比消息多几个字节。只要一路上的设备都放行，它的开销最小。',
  'lab.about.signalrLongPolling':
    'SignalR 的最后手段：用长轮询取回中枢的消息，用 POST 发送。调用方式与它的其他传输完全相同，所以客户端可以不知不觉地退到这一种。',
  'lab.about.signalrServerSentEvents':
    'SignalR 走事件流：中枢的消息以 data 行送来，对它的调用用 POST 发出。代理吞掉 WebSocket 时，它就用这一种。',
  'lab.about.signalrWebSockets':
    'SignalR 的首选：协商之后，调用、回答和推送共用一个 WebSocket，以文本帧传送，每条消息以字符 0x1E 结束。它的帧比裸的大，因为里面有方法名、调用编号、回执，还有每隔几秒的心跳。',

  'lab.person': '{name} 的连接方式',
  'lab.transport': '传输方式',
  'lab.interval': '询问间隔',
  'lab.seconds': '{n} 秒',
  'lab.state.opening': '正在打开…',
  'lab.state.open': '已打开',
  'lab.state.broken': '已中断，正在重试。{why}',
  'lab.messages': '{name} 看到的内容',
  'lab.no_messages': '请在下面写点什么。',
  'lab.write': '{name} 写给 {other}',
  'lab.send': '发送',
  'lab.said': '{name}：',
  'lab.not_sent': '未发出',
  'lab.waits': '在路上',

  'lab.delay': '延迟（中位数）',
  'lab.delay_hint': '从 {other} 发送到此处收到',
  'lab.per_message': '每条消息',
  'lab.per_idle': '每空闲一分钟',
  'lab.held': '占住',
  'lab.ms': '{n} 毫秒',
  'lab.bytes': '{n} 字节',
  'lab.kilobytes': '{n} 千字节',
  'lab.requests': '{n} 个请求',
  'lab.connections': '{n} 个连接',
  'lab.unknown': '–',
  'lab.plot.bytes': '每秒字节数：上方为发出，下方为收到',
  'lab.plot.bytes_label': '最近一分钟每秒的字节数：最多发出 {up}，收到 {down}',
  'lab.plot.delay': '每条消息的延迟',
  'lab.plot.delay_label': '{n} 条消息的延迟',

  'lab.wire': '线路上的内容',
  'lab.wire_hint':
    '{name} 的浏览器与服务器之间的 HTTP，按服务器读写的原样显示。令牌和 Cookie 以同样长度的星号代替。TCP、IP 和 TLS 还会加上它们自己的字节。',
  'lab.whose': '谁的',
  'lab.view.wire': '协议',
  'lab.view.http': 'http 下的 P',
  'lab.view.https': 'https 下的 P',
  'lab.view': '显示',
  'lab.nothing_yet': '还没有任何内容经过。',
  'lab.no_wire':
    '这台服务器自己使用 https，在能够复制的地方，经过的内容已经加密。延迟照常测量；使用 http，或由代理负责 https 时，才能显示线路上的内容。',
  'lab.missing': '集群中有 {n} 个节点没有说明它看到了什么。',
  'lab.up': '发往服务器',
  'lab.down': '发往浏览器',
  'lab.row.request': '请求',
  'lab.row.response': '回答',
  'lab.row.upgrade': '升级',
  'lab.row.body': '正文',
  'lab.row.chunk': '分块',
  'lab.row.event': '事件流',
  'lab.row.beat': '心跳',
  'lab.row.script': '脚本',
  'lab.row.end': '最后一块',
  'lab.row.frame': '帧',
  'lab.row.lost': '未保留',

  'lab.http_hint':
    'P 坐在浏览器和服务器之间。在 http 下 P 能读到一切，加了掩码的帧也不例外，因为掩码的密钥就写在帧的前面；你看到星号的地方，P 读到的是令牌，可以冒充 {name}。',
  'lab.https_hint':
    '同样的字节，再经过服务器刚刚与自己建立的一个 TLS 连接传送一遍。P 只知道服务器的名字、谁在什么时候说话、说了多少。',
  'lab.reads': '{all} 条消息中，P 读到了 {n} 条：{list}',
  'lab.reads_none': '{all} 条消息，P 一条也没有读到。',
  'lab.sealing': '正在加密…',

  'lab.compare': '对比',
  'lab.compare_hint':
    'J 依次用每一种传输方式给 D 发消息，逐条测出延迟；与此同时，另有一人依次在每种传输上只等待、不说话。两端用的都是本页的时钟。这些数字属于此刻的这个浏览器、这台服务器以及它们之间的线路。',
  'lab.compare_messages': '消息数',
  'lab.compare_idle': '空闲秒数',
  'lab.compare_run': '对比全部八种',
  'lab.compare_stop': '停止',
  'lab.compare_progress': '8 种中已测 {n} 种',
  'lab.compare_done': '八种都已测完。',
  'lab.rank_by': '排名依据',
  'lab.rank.delay': '延迟',
  'lab.rank.overhead': '开销',
  'lab.overhead_hint': '开销：一分钟内有六条消息经过时的字节数。',
  'lab.classic':
    '经典的性能排名是 WebSocket、SSE、长轮询、短轮询，兼容性的排名正好相反。当网络很近、服务器空闲时，凡是能推送的，延迟都相差无几，真正的差别在于开销。',
  'lab.column.rank': '名次',
  'lab.column.requests': '请求',
  'lab.column.bytes': '字节',
  'lab.column.overhead': '开销',
  'lab.column.p90': '90% 低于',
};
