// node socketio.js PORT [REDIS]: a room; what anybody sends goes to all who have joined. With REDIS (host:port) over its Redis adapter.
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

const [port, redis] = process.argv.slice(2);
const io = new Server();
if (redis) {
  // By default a command that has waited for 5 s fails, and the adapter does not expect that: under load the process would end.
  const publisher = createClient({ url: `redis://${redis}`, commandOptions: { timeout: undefined } });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  io.adapter(createAdapter(publisher, subscriber));
}
io.on("connection", (socket) => {
  socket.on("join", (done) => {
    socket.join("room");
    done();
  });
  socket.on("message", (user, message) => io.to("room").emit("message", user, message));
});
io.listen(Number(port));
