import { errorText } from "@/lib/kit";
import type { ShopDeps } from "../deps";
import { redact, withoutCardNumbers } from "../redact";
import { insertCall } from "./call-store";

const bodyCharactersMax = 8_192;

/** A body for the list of calls: JSON without what is secret or a card's, cut where it is long. */
function bodyText(body: unknown): string | null {
  if (body === null || body === undefined) return null;
  const text = typeof body === "string" ? withoutCardNumbers(body) : JSON.stringify(redact(body));
  return text.length > bodyCharactersMax ? `${text.slice(0, bodyCharactersMax)}…` : text;
}

export type LoggedCall = Readonly<{
  connectorId: string;
  at: Date;
  method: string;
  /** Below the surface's own address, with its query. */
  path: string;
  status: number;
  durationMs: number;
  requestId: string;
  /** As parsed; `null` keeps nothing of it. */
  request: unknown;
  response: unknown;
}>;

/** Adds a call to the last hundred of a connector. A call that cannot be kept is answered all the same. */
export async function logCall(
  { database, log }: Pick<ShopDeps, "database" | "log">,
  { request, response, path, durationMs, ...call }: LoggedCall,
): Promise<void> {
  const kept = {
    ...call,
    durationMs: Math.round(durationMs),
    path: withoutCardNumbers(path).slice(0, 500),
    request: bodyText(request),
    response: bodyText(response),
  };
  await insertCall(database.client, kept).catch((error) =>
    log("error", "shop.call-not-kept", { requestId: call.requestId, error: errorText(error) }),
  );
}
