// node ws.js PORT: the broadcast of the introduction to ws: what anybody sends goes to all who have come to /room.
import WebSocket, { WebSocketServer } from "ws";

const server = new WebSocketServer({ port: Number(process.argv[2]), host: "127.0.0.1" });
const room = new Set();
server.on("connection", (socket, request) => {
  socket.on("error", console.error);
  if (request.url === "/room") {
    room.add(socket);
    socket.on("close", () => room.delete(socket));
  }
  socket.on("message", (data, isBinary) => {
    for (const client of room) {
      if (client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
    }
  });
});
