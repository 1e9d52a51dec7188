import { createHmac, timingSafeEqual } from "node:crypto";
import { isJson, type Json, type Payment, readPayment } from "../../client/payment";

export type Notice = Readonly<{ data?: unknown; rawData?: unknown; headers?: unknown }>;

type Action = "authorized" | "captured" | "failed" | "canceled" | "requires_more" | "pending_authorization";
export type Told =
  | Readonly<{ action: Action; payment: Payment }>
  | Readonly<{ action: "not_supported"; payment: null }>;

const actions: Readonly<Record<string, Action>> = {
  "payment.authorized": "authorized",
  "payment.captured": "captured",
  "payment.failed": "failed",
  "payment.canceled": "canceled",
  "payment.requires_action": "requires_more",
  "payment.pending": "pending_authorization",
};

const toleranceS = 300;
const nothing: Told = { action: "not_supported", payment: null };

/** The bytes that were signed: a text, a Buffer, or what a queue has made of a Buffer. */
function bytesOf(rawData: unknown): Buffer | null {
  if (typeof rawData === "string") return Buffer.from(rawData, "utf8");
  if (rawData instanceof Uint8Array) return Buffer.from(rawData);
  if (!isJson(rawData) || rawData.type !== "Buffer" || !Array.isArray(rawData.data)) return null;
  const isByte = (value: unknown) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255;
  return rawData.data.every(isByte) ? Buffer.from(rawData.data) : null;
}

function headerOf(headers: Json, name: string): string | null {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === "string" ? found : null;
}

function isSigned(headers: Json, body: Buffer, { secret, now }: { secret: string; now: number }): boolean {
  const timestamp = headerOf(headers, "farebox-timestamp") ?? "";
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now / 1000 - Number(timestamp)) > toleranceS) return false;
  const expected = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest();
  const given = (headerOf(headers, "farebox-signature") ?? "").split(",").slice(0, 8);
  return given.some((part) => {
    const hex = /^v1=([0-9a-f]{64})$/.exec(part.trim())?.[1];
    return hex !== undefined && timingSafeEqual(Buffer.from(hex, "hex"), expected);
  });
}

const parse = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
};

/**
 * What a notice says, once its signature and its clock are right; anything else says nothing, and nothing here throws.
 * A payment of which only a part was captured says nothing either: Medusa would book the whole amount, and knows the
 * parts that it captured itself.
 */
export function readNotice({ rawData, headers }: Notice, key: { secret: string; now: number }): Told {
  const body = bytesOf(rawData);
  if (!body || !isJson(headers) || !isSigned(headers, body, key)) return nothing;
  const notice = parse(body);
  if (!isJson(notice) || typeof notice.type !== "string") return nothing;
  const action = Object.hasOwn(actions, notice.type) ? actions[notice.type] : undefined;
  const payment = readPayment(notice.payment);
  if (!action || !payment) return nothing;
  return action === "captured" && payment.captured !== payment.amount ? nothing : { action, payment };
}
