import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One connection that sends bytes as they are and reads the status of each answer; it is opened again when it closes. */
export type Wire = Readonly<{
  /** The status of the answer; `null` when the connection was closed without one. */
  send(head: string): Promise<number | null>;
  close(): void;
}>;

const answerMs = 10_000;

export function openWire(port: number): Wire {
  let socket: Socket | null = null;
  let unread = Buffer.alloc(0);

  const opened = async (): Promise<Socket> => {
    if (socket && !socket.destroyed && socket.writable) return socket;
    const fresh = connect(port, "127.0.0.1");
    unread = Buffer.alloc(0);
    fresh.on("error", () => undefined); // told by the close that follows
    await once(fresh, "connect");
    socket = fresh;
    return fresh;
  };
  const more = (from: Socket): Promise<boolean> =>
    new Promise((done) => {
      const settle = (isMore: boolean) => {
        clearTimeout(late);
        from.off("data", read).off("close", ended);
        done(isMore);
      };
      const read = (part: Buffer) => {
        unread = Buffer.concat([unread, part]);
        settle(true);
      };
      const ended = () => settle(false);
      const late = setTimeout(ended, answerMs);
      from.once("data", read).once("close", ended);
      if (from.destroyed) ended();
    });

  return {
    async send(head) {
      const to = await opened();
      to.write(Buffer.from(head, "latin1"));
      for (;;) {
        const answer = readAnswer(unread, head.startsWith("HEAD "));
        if (answer) {
          unread = unread.subarray(answer.length);
          if (answer.isLast) to.destroy();
          return answer.status;
        }
        if (!(await more(to))) {
          to.destroy();
          return null;
        }
      }
    },
    close: () => void socket?.destroy(),
  };
}

/** The first whole answer in these bytes. */
function readAnswer(
  bytes: Buffer,
  isHead: boolean,
): { status: number; length: number; isLast: boolean } | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const head = bytes.toString("latin1", 0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  const isLast = /^connection: close/im.test(head);
  if (isHead) return { status, length: end + 4, isLast };
  const body = bytes.subarray(end + 4);
  const declared = /^content-length: *(\d+)/im.exec(head)?.[1];
  const isChunked = /^transfer-encoding: *chunked/im.test(head);
  const last = isChunked ? body.indexOf("0\r\n\r\n") : -1;
  const length = isChunked ? (last < 0 ? null : last + 5) : Number(declared ?? 0);
  if (length === null || body.length < length) return null;
  return { status, length: end + 4 + length, isLast };
}
