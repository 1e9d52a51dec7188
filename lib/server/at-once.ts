import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type Arrival,
  headerLines,
  hostCount,
  hostOf,
  type IsTrustedProxy,
  type PlainAnswer,
  peerOf,
} from "./arrival";
import { hasBody } from "./whatwg-request";

type Answering = Readonly<{
  options: Readonly<{ answerNow?(arrival: Arrival): PlainAnswer | null; isTrustedProxy: IsTrustedProxy }>;
  isClosing(): boolean;
}>;

const nothing = (): void => undefined;

/**
 * The short cut for what needs no waiting, mostly an unpaid `402`: no `Request`, no `Response`, no stream. `true` when
 * the request is answered; whatever is out of the ordinary takes the long way, which answers the same bytes.
 */
export function answerAtOnce(
  { options, isClosing }: Answering,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { url = "", method, headers, rawHeaders } = request;
  if (!options.answerNow || method !== "GET" || !url.startsWith("/pay/") || isClosing()) return false;
  if (hasBody(request) || headers.expect !== undefined || headers.upgrade !== undefined) return false;
  if (hostCount(request) !== 1) return false;
  const answer = options.answerNow({
    target: url,
    rawHeaders: headerLines(rawHeaders),
    host: hostOf(request),
    onSent: nothing,
    ...peerOf(request, options.isTrustedProxy),
  });
  if (!answer) return false;
  response.writeHead(answer.status, answer.lines);
  response.end(answer.body, "latin1"); // as header lines are, so that all of it is one piece
  return true;
}
