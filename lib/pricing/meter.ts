import { utf8 } from "@/lib/kit";
import { ceil, divide, type Fraction, readFraction, whole } from "./fraction";
import { follow, readExact } from "./json-text";
import type { Meter } from "./terms";

/** What one answer of a session was: how many events with data, how many bytes, and the body of one that is no stream. */
export type Measured = Readonly<{ events: number; bytes: number; body: Uint8Array | null }>;

/** The number a pointer leads to in an answer; `null` when there is none, or it is less than zero. */
function numberIn(body: Uint8Array | null, pointer: string): Fraction | null {
  const text = body === null ? null : utf8(body);
  const json = text === null ? null : readExact(text);
  const found = json && follow(json, pointer);
  const value = found?.kind === "number" ? readFraction(found.text) : null;
  return value && value.n >= 0n ? value : null;
}

function countOf(meter: Meter, { events, bytes, body }: Measured): Fraction | null {
  switch (meter.by) {
    case "events":
      return whole(BigInt(events));
    case "bytes":
      return whole(BigInt(bytes));
    case "calls":
      return whole(1n);
    case "json":
      return numberIn(body, meter.pointer);
  }
}

/** The units that an answer costs, rounded **up**; `null` when the answer does not say what its meter asks for. */
export function unitsOf(meter: Meter, measured: Measured): bigint | null {
  const count = countOf(meter, measured);
  return count && ceil(divide(count, whole(meter.per)));
}
