import type { Store } from "@/lib/db";
import { Problem } from "@/lib/problems";
import type { Attempt } from "../checkout";
import { closedWords, fullWords } from "./link";
import { takeUse } from "./uses-store";

type Taking = Readonly<{ linkId: string | null; checkoutId: string; at: Date }>;

/** Counts a purchase as one use of its link, or refuses it when none is left. Runs in a transaction. */
export async function takeOrRefuse(tx: Store, { linkId, checkoutId, at }: Taking): Promise<void> {
  if (linkId === null) return;
  const taken = await takeUse(tx, { linkId, checkoutId, at });
  if (taken === "taken") return;
  throw taken === "full" ? new Problem("conflict", fullWords) : new Problem("not-found", closedWords[taken]);
}

/** What can be paid as soon as it is shown counts from then on; what a button pays counts when it is pressed. */
export async function takeForAttempt(
  tx: Store,
  { attempt, ...taking }: Taking & Readonly<{ attempt: Pick<Attempt, "kind"> }>,
): Promise<void> {
  if (attempt.kind !== "press") await takeOrRefuse(tx, taking);
}
