import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { errorText, failpoint, type Log, newId } from "@/lib/kit";
import { Problem, problemResponse } from "@/lib/problems";
import {
  type Arrival,
  headerLines,
  hostCount,
  hostOf,
  type IsTrustedProxy,
  originForm,
  type PlainAnswer,
  peerOf,
  settleForwarding,
} from "./arrival";
import { answerAtOnce } from "./at-once";
import { refuseBadEscapes, refuseDisguise } from "./plain-path";
import { sendResponse } from "./send-response";
import { isWaitingToSend, toRequest, watchBody } from "./whatwg-request";

const headerBytesMax = 32 * 1024;

export type DoorLimits = Readonly<{
  /** How long a caller may take for its request line and headers. */
  headersMs: number;
  /** How long a caller may be silent in the middle of a body, or leave an answer unread. */
  idleMs: number;
  keepAliveMs: number;
}>;

const usual: DoorLimits = { headersMs: 10_000, idleMs: 30_000, keepAliveMs: 65_000 };

export type DoorOptions = Readonly<{
  gateway(request: Request, arrival: Arrival): Promise<Response>;
  /** Is this sold, or a document about what is? On a custom domain everything else is nowhere, not on a page. */
  isGatewayPath(path: string, host: string): boolean | Promise<boolean>;
  /** Answers a `GET` of a sold address at once, where nothing has to be waited for; `null` sends it the long way. */
  answerNow?(arrival: Arrival): PlainAnswer | null;
  next(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Takes over a connection that Next itself upgrades (hot reload); true when it did. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Whose origin the `Request` URLs have: never one that a header names. */
  origin: string;
  isTrustedProxy: IsTrustedProxy;
  log: Log;
  limits?: Partial<DoorLimits>;
}>;

export type Door = Readonly<{
  server: Server;
  /** Takes no new connection, lets running answers end for `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}>;

/** A problem for a connection that has no usable request to answer. */
async function refuseSocket(socket: Duplex, problem: Problem): Promise<void> {
  const answer = problemResponse(problem, { requestId: newId("rq") });
  const body = await answer.text();
  const lines = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    ...[...answer.headers].map(([name, value]) => `${name}: ${value}`),
    "connection: close",
  ];
  if (socket.writable) socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), 1_000).unref(); // time for the caller to read it
}

function problemOf(code: string | undefined): Problem {
  if (code === "HPE_HEADER_OVERFLOW") return new Problem("headers-too-large");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new Problem("request-timeout");
  return new Problem("bad-request", "This is not an HTTP request that can be read.");
}

/** Path and query of a request that can be served; throws for forms that nobody serves here. */
function readTarget(request: IncomingMessage): string {
  const target = originForm(request.url ?? "");
  if (target === null) throw new Problem("bad-request", "The request target is not a path. Ask for a path.");
  const hosts = hostCount(request);
  if (hosts > 1 || (hosts === 0 && request.httpVersion !== "1.0")) {
    throw new Problem("bad-request", "A request names its host exactly once, in the Host header.");
  }
  if (/websocket/i.test(request.headers.upgrade ?? "")) throw new Problem("websocket-refused");
  return target;
}

type Answering = Readonly<{ options: DoorOptions; limits: DoorLimits; isClosing(): boolean }>;

async function answerWithGateway(
  { options, limits, isClosing }: Answering,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { origin, gateway } = options;
  const { idleMs } = limits;
  const target = readTarget(request);
  const asked = toRequest({ request, response, target, origin, idleMs });
  const caller = peerOf(request, options.isTrustedProxy);
  const afterwards: (() => void)[] = [];
  const onSent = (act: () => void): void => void afterwards.push(act);
  try {
    const answer = await gateway(asked, {
      target,
      rawHeaders: headerLines(request.rawHeaders),
      onSent,
      host: hostOf(request),
      ...caller,
    });
    await sendResponse(answer, { request, response, idleMs, isLast: isClosing });
  } finally {
    for (const act of afterwards) act();
  }
  await failpoint("after-response");
}

async function answerWithNext(
  { options, limits, isClosing }: Answering,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { peer } = peerOf(request, options.isTrustedProxy);
  request.url = readTarget(request);
  settleForwarding(request, peer, options.isTrustedProxy);
  watchBody(request, limits.idleMs);
  if (isClosing()) response.setHeader("connection", "close");
  if (isWaitingToSend(request)) response.writeContinue();
  await options.next(request, response);
}

async function answer(
  answering: Answering,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { options, limits } = answering;
  try {
    const [path = ""] = readTarget(request).split("?", 1);
    const isSold = await options.isGatewayPath(path, hostOf(request));
    if (!isSold) {
      refuseBadEscapes(path);
      await refuseDisguise(path, (plain) => options.isGatewayPath(plain, hostOf(request)));
    }
    await (isSold ? answerWithGateway : answerWithNext)(answering, request, response);
  } catch (error) {
    const requestId = newId("rq");
    if (!Problem.is(error)) options.log("error", "door.fault", { requestId, error: errorText(error) });
    if (response.headersSent) {
      response.destroy(); // what was begun is seen to break off
      return;
    }
    const refusal = problemResponse(error, { requestId });
    await sendResponse(refusal, { request, response, idleMs: limits.idleMs, isLast: () => true });
  }
}

function refuseUnreadable(server: Server, open: WeakMap<Socket, Set<ServerResponse>>): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const isTalking = [...(open.get(socket) ?? [])].some((response) => response.headersSent);
    if (error.code === "ECONNRESET" || !socket.writable || isTalking) socket.destroy();
    else void refuseSocket(socket, problemOf(error.code));
  });
  server.on("connect", (_request, socket) => void refuseSocket(socket, new Problem("method-not-allowed")));
}

/** Every connection of a server, also those that HTTP has handed over to somebody and no longer counts. */
function connectionsOf(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

function close(server: Server, sockets: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, graceMs);
    const idle = setInterval(() => server.closeIdleConnections(), 100);
    server.close(() => {
      clearTimeout(late);
      clearInterval(idle);
      resolve();
    });
  });
}

const ignore = (): void => undefined;

/** The one HTTP server: sold addresses go straight to the gateway, everything else to Next as it came. */
export function createDoor(options: DoorOptions): Door {
  const limits = { ...usual, ...options.limits };
  const open = new WeakMap<Socket, Set<ServerResponse>>();
  let isClosing = false;
  const answering = { options, limits, isClosing: () => isClosing };

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    request.on("error", ignore); // a caller that went away; whoever reads the body hears of it
    response.on("error", ignore);
    try {
      if (answerAtOnce(answering, request, response)) return;
    } catch (error) {
      options.log("error", "door.fault", { error: errorText(error) }); // the long way is still open
    }
    const responses = open.get(request.socket) ?? new Set();
    open.set(request.socket, responses.add(response));
    response.once("close", () => responses.delete(response));
    answer(answering, request, response).catch((error: unknown) => {
      options.log("error", "door.fault", { error: errorText(error) });
      response.destroy();
    });
  };

  const server = createServer(
    {
      maxHeaderSize: headerBytesMax,
      headersTimeout: limits.headersMs,
      requestTimeout: 0, // a long upload is fine; a silent one is cut while it is read
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
      requireHostHeader: false, // asked for above, with a problem document
      noDelay: true,
    },
    onRequest,
  );
  server.on("checkContinue", onRequest);
  refuseUnreadable(server, open);
  const sockets = connectionsOf(server);
  const upgraded = new Set<Duplex>();
  const { upgrade } = options;
  if (upgrade) {
    server.on("upgrade", (request, socket, head) => {
      if (!upgrade(request, socket, head)) return void refuseSocket(socket, new Problem("websocket-refused"));
      upgraded.add(socket);
      socket.once("close", () => upgraded.delete(socket));
    });
  }
  return {
    server,
    close(graceMs) {
      isClosing = true;
      for (const socket of upgraded) socket.destroy(); // they never end by themselves
      return close(server, sockets, graceMs);
    },
  };
}
