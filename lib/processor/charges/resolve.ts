import { errorText, failpoint } from "@/lib/kit";
import type { Inside } from "../deps";
import { type Answer, capture, inquire } from "./ask-rail";
import type { Charge } from "./charge";
import { type Recorded, recordAnswer } from "./record-answer";
import { openProof } from "./take-payment";

export type Unfinished = Readonly<{ charge: Charge; sealedProof: Uint8Array | null }>;

/**
 * Finds out what became of an effect whose answer nobody has: by look-up, else by our key, else by the same call with
 * the same key (contracts/rail.md §2). Only the rail's word ends it: time does not, and silence does not. What it has
 * nothing of under our key, and certainly did not hear of now, is released.
 */
export async function resolve(
  deps: Inside,
  unfinished: Unfinished,
  { owner }: { owner: number | null },
): Promise<Recorded> {
  await failpoint("in-recovery");
  const { charge } = unfinished;
  const started = performance.now();
  const { answer, isRepeat } = await askAgain(deps, unfinished);
  const railMs = Math.round(performance.now() - started);
  return await recordAnswer(deps, { charge, answer, isRepeat, owner, railMs });
}

type Again = Readonly<{
  answer: Answer;
  /** May an earlier call have moved money? Not when the rail found nothing under our key. */
  isRepeat: boolean;
}>;

async function askAgain(deps: Inside, { charge, sealedProof }: Unfinished): Promise<Again> {
  const silent = (reason: string): Again => ({ answer: { outcome: "unavailable", reason }, isRepeat: true });
  const rail = await deps.rail(charge.merchantId, charge.rail);
  if (!rail) return silent("rail-not-connected");
  let proof: unknown = null;
  try {
    proof = sealedProof && openProof(deps, charge, sealedProof);
  } catch (error) {
    deps.log("error", "charge.proof-not-opened", { charge: charge.id, error: errorText(error) });
  }
  const known = await inquire(deps, { charge, rail, proof });
  if (known !== null && known !== "absent") return { answer: known, isRepeat: true };
  if (proof === null) return silent("proof-not-kept");
  await failpoint("before-rail");
  const answer = await capture(deps, { charge, rail, proof });
  await failpoint("after-rail");
  return { answer, isRepeat: known !== "absent" };
}
