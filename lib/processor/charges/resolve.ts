import { errorText, failpoint } from "@/lib/kit";
import type { Inside } from "../deps";
import { type Answer, capture, inquire } from "./ask-rail";
import type { Charge } from "./charge";
import { type Recorded, recordAnswer } from "./record-answer";
import { openProof } from "./take-payment";

export type Unfinished = Readonly<{ charge: Charge; sealedProof: Uint8Array | null }>;

/**
 * Finds out what became of an effect whose answer nobody has: by look-up, else by our key, else by the same call with
 * the same key (contracts/rail.md §2). Nothing is released here: only the rail's word ends it.
 */
export async function resolve(
  deps: Inside,
  unfinished: Unfinished,
  { owner }: { owner: number | null },
): Promise<Recorded> {
  await failpoint("in-recovery");
  const { charge } = unfinished;
  const started = performance.now();
  const answer = await askAgain(deps, unfinished);
  const railMs = Math.round(performance.now() - started);
  return await recordAnswer(deps, { charge, answer, isRepeat: true, owner, railMs });
}

async function askAgain(deps: Inside, { charge, sealedProof }: Unfinished): Promise<Answer> {
  const rail = await deps.rail(charge.merchantId, charge.rail);
  if (!rail) return { outcome: "unavailable", reason: "rail-not-connected" };
  let proof: unknown = null;
  try {
    proof = sealedProof && openProof(deps, charge, sealedProof);
  } catch (error) {
    deps.log("error", "charge.proof-not-opened", { charge: charge.id, error: errorText(error) });
  }
  const known = await inquire(deps, { charge, rail, proof });
  if (known) return known;
  if (proof === null) return { outcome: "unavailable", reason: "proof-not-kept" };
  await failpoint("before-rail");
  const answer = await capture(deps, { charge, rail, proof });
  await failpoint("after-rail");
  return answer;
}
