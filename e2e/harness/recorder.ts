import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { freePort } from "./server";

/** A line in front of a server: what goes through it goes on unchanged, and every byte that goes in is kept. */
export type Recorder = Readonly<{
  origin: string;
  /** Where the server listens. */
  leadTo(port: number): void;
  /** All that has reached the server: addresses, headers and bodies as they were sent. */
  heard(): string;
  forget(): void;
  stop(): void;
}>;

export async function startRecorder(): Promise<Recorder> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let target = 0;
  let heard: Buffer[] = [];
  const server = createServer((socket) => {
    const onward = connect(target, "127.0.0.1");
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on("close", () => sockets.delete(end));
      end.on("error", () => undefined);
    }
    socket.on("data", (chunk) => heard.push(chunk));
    socket.pipe(onward).pipe(socket);
    socket.on("close", () => onward.destroy());
    onward.on("close", () => socket.destroy());
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${port}`,
    leadTo(to) {
      target = to;
    },
    heard: () => Buffer.concat(heard).toString("latin1"),
    forget() {
      heard = [];
    },
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
