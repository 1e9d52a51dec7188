import { type EndpointTerms, type Meter, termsOf, unitsOf } from "@/lib/pricing";

/** What one event of a stream carries; `null` when it has no data and so costs nothing. */
export type EventData = Readonly<{ data: string | null; isSentinel: boolean }>;

const dataLine = /^data:? ?(.*)$/;

/** Reads one event as the relay writes it: lines, and an empty one. */
export function readEvent(chunk: Uint8Array): EventData {
  const lines = Buffer.from(chunk).toString("utf8").split("\n");
  const data = lines.flatMap((line) => (/^data(?::|$)/.test(line) ? [dataLine.exec(line)?.[1] ?? ""] : []));
  if (data.length === 0) return { data: null, isSentinel: false };
  const text = data.join("\n");
  return { data: text, isSentinel: text.trim() === "[DONE]" };
}

export const meterOf = (endpoint: EndpointTerms): Meter | null => termsOf(endpoint).meter;

/** What a whole answer costs in units: one, unless the endpoint's meter says otherwise. */
export function unitsOfWhole(meter: Meter | null, body: Uint8Array): bigint {
  if (!meter || meter.by === "events" || meter.by === "calls") return 1n;
  return unitsOf(meter, { events: 0, bytes: body.byteLength, body }) ?? 1n;
}

/**
 * Counts a stream as it goes: what each event adds to the units so far. A meter that looks into the data takes the
 * largest number it has seen, since such numbers are running totals.
 */
export function createStreamMeter(meter: Meter | null, isEvents: boolean): (chunk: Uint8Array) => bigint {
  const rule: Meter = meter ?? { by: isEvents ? "events" : "calls", per: 1n };
  let events = 0;
  let bytes = 0;
  let units = 0n;
  return (chunk) => {
    const { data, isSentinel } = isEvents ? readEvent(chunk) : { data: null, isSentinel: false };
    if (isSentinel) return 0n;
    if (isEvents && data === null && rule.by !== "bytes") return 0n;
    events += 1;
    bytes += chunk.byteLength;
    const body = data === null ? null : new TextEncoder().encode(data);
    const now = unitsOf(rule, { events, bytes, body }) ?? units;
    const added = now > units ? now - units : 0n;
    units += added;
    return added;
  };
}
