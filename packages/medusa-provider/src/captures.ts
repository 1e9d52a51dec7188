import { FareboxError } from "../../client/http";
import { isJson, type Json } from "../../client/payment";
import { amountOf } from "./data";

type Captures = Readonly<{ retrieve(id: string): Promise<unknown> }>;

const isCaptures = (service: unknown): service is Captures =>
  typeof service === "object" &&
  service !== null &&
  "retrieve" in service &&
  typeof service.retrieve === "function";

async function findRow(container: Json, key: string): Promise<unknown> {
  try {
    const service = container.captureService; // resolved only now: the container fills up while modules load
    return isCaptures(service) ? await service.retrieve(key) : null;
  } catch {
    return null;
  }
}

/**
 * How much a capture is for. Medusa does not say, but writes the row that the key names before it asks; `null` captures
 * in full, which is answered only where a rail captures once anyway: elsewhere it would take what nobody asked for.
 */
export async function captureAmount(
  container: Json,
  key: string | undefined,
  data: Json | undefined,
): Promise<string | null> {
  const row = key === undefined ? null : await findRow(container, key);
  const currency = typeof data?.currency === "string" ? data.currency : "";
  if (isJson(row)) return amountOf(row.raw_amount ?? row.amount, currency);
  if (data?.captures === "single" || data?.captures === "none") return null;
  throw new FareboxError({
    status: 422,
    code: "capture_amount_unknown",
    detail:
      "Medusa's row of this capture could not be read, so how much to capture is not known. Nothing was captured.",
  });
}
