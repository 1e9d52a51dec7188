import { createHmac, randomUUID } from "node:crypto";
import { sha256 } from "@/lib/kit";

type Signed = Readonly<{ method: string; path: string; idempotencyKey: string; body: string; at: Date }>;

/** Headers by which the other side knows that a call is ours, whole and fresh (`contracts/rail.md` §6). */
export function signatureHeaders(key: string, call: Signed): Record<string, string> {
  const id = randomUUID();
  const timestamp = String(Math.floor(call.at.getTime() / 1000));
  const digest = sha256(call.body).toString("hex");
  const text = ["v1", id, timestamp, call.method, call.path, call.idempotencyKey, digest].join("\n");
  return {
    "farebox-request": id,
    "farebox-timestamp": timestamp,
    "farebox-signature": `v1=${createHmac("sha256", key).update(text).digest("hex")}`,
  };
}
