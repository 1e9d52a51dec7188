import type { Connector } from "@/lib/catalog";
import { utf8 } from "@/lib/kit";
import { readAtMost } from "@/lib/net";
import type { ShopDeps } from "../deps";
import { hasCardNumber, holdsCardNumber } from "../redact";
import { Refusal } from "./refusal";

const bodyBytesMax = 65_536;
const challenge = { "www-authenticate": 'Bearer realm="farebox"' };

/** Whose key the request shows. */
export async function authenticate(
  { catalog }: Pick<ShopDeps, "catalog">,
  headers: Headers,
): Promise<Connector> {
  const key = /^bearer +([\x21-\x7e]{1,200}) *$/i.exec(headers.get("authorization") ?? "")?.[1];
  const found = key === undefined ? null : await catalog.connectors.authenticate(key);
  if (!found || found.connector.kind === "vtex")
    throw new Refusal("unauthorized", "Send a key of a connector: Authorization: Bearer fbc_…", challenge);
  return found.connector;
}

/** The JSON of a body; `undefined` when there is none. A card number is refused before anything keeps it. */
export async function readJson(request: Request): Promise<unknown> {
  const tooLarge = () => new Refusal("body_too_large", "Send at most 64 KiB.");
  if (Number(request.headers.get("content-length") ?? 0) > bodyBytesMax) throw tooLarge();
  const bytes = await readAtMost(request.body, bodyBytesMax);
  if (bytes === "too-large") throw tooLarge();
  const text = utf8(bytes);
  if (text === null) throw new Refusal("invalid", "The body is not UTF-8.");
  if (text.trim() === "") return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    if (hasCardNumber(text)) throw panRefused();
    throw new Refusal("invalid", "The body is not JSON.");
  }
  if (holdsCardNumber(body) || hasCardNumber(text)) throw panRefused();
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new Refusal("invalid", "Send a JSON object.");
  return body;
}

export const panRefused = (): Refusal =>
  new Refusal("pan_not_accepted", "Card numbers are not taken here. Nothing of this request was kept.");

/** The shop's own key for what it asks, where one is needed or given. */
export function readKey(headers: Headers, isNeeded: boolean): string | null {
  const key = headers.get("idempotency-key");
  if (key === null && isNeeded)
    throw new Refusal("key_required", "Send an Idempotency-Key, so that a repeat is known as one.");
  if (key !== null && !/^[\x20-\x7e]{1,255}$/.test(key))
    throw new Refusal("key_invalid", "Idempotency-Key must have 1 to 255 printable ASCII characters.");
  return key;
}
