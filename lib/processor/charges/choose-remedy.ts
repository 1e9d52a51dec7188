import { Problem } from "@/lib/problems";
import type { Inside } from "../deps";
import { findReceipted } from "../refunds/query-store";
import { type ChooseRemedy, writeRemedy } from "./remedy-store";

/** What happens to a payment that was not served: delivered on the payer's repeat, or kept for a written reason. */
export async function chooseRemedy({ database, clock }: Inside, chosen: ChooseRemedy): Promise<void> {
  if (chosen.remedy === "keep" && !chosen.reason?.trim()) {
    const message = "Write why the money is kept.";
    throw new Problem("unprocessable", message, { errors: [{ path: "reason", message }] });
  }
  if (await writeRemedy(database.client, chosen, clock.now())) return;
  if (!(await findReceipted(database.client, chosen)))
    throw new Problem("not-found", "There is no such receipt.");
  throw new Problem("conflict", "This payment is not waiting for a delivery any more.");
}
