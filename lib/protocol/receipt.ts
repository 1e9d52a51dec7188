import { base64url } from "@/lib/kit";
import { decodeObject } from "./jcs";
import { type JsonOut, writeJson } from "./json";
import { parseTimestamp } from "./timestamps";

/** What `Payment-Receipt` says (`contracts/mpp.md` §8), members of the rail included. */
export type Receipt = Readonly<{
  method: string;
  reference: string;
  status: "success";
  timestamp: string;
  challengeId?: string;
  intent?: string;
  externalId?: string;
}> & { readonly [member: string]: JsonOut | undefined };

/** The value of `Payment-Receipt`: members in the order given, bigint as an integer. It leaves with a 2xx only. */
export const formatReceipt = (receipt: Receipt): string => base64url.encode(writeJson(receipt));

/** Reads a receipt as a client does; `null` for anything else. */
export function parseReceipt(text: string): Receipt | null {
  const members = decodeObject(text);
  if (members === null) return null;
  const { method, reference, status, timestamp } = members;
  if (typeof method !== "string" || typeof reference !== "string" || status !== "success") return null;
  if (typeof timestamp !== "string" || parseTimestamp(timestamp) === null) return null;
  const isText = ["challengeId", "intent", "externalId"].every((name) =>
    ["string", "undefined"].includes(typeof members[name]),
  );
  return isText ? ({ ...members, method, reference, status, timestamp } as Receipt) : null; // safe: every named member is checked above
}
