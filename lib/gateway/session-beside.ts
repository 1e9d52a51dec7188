import type { Snapshot } from "@/lib/catalog";
import { Problem } from "@/lib/problems";
import { type HeaderLines, readCredential } from "@/lib/protocol";
import { findOffering, type Offering } from "./offering";
import { fieldOf } from "./scope";

const verbs = ["GET", "POST", "PUT", "PATCH", "DELETE"];
type Target = Parameters<typeof findOffering>[2];

/**
 * What a request is about. A session's vouchers, top-ups and closes also travel on HEAD or POST to the address of an
 * endpoint with another verb, beside the paid requests (`contracts/mpp.md` §2); they buy no content there.
 */
export function offeringOf(
  snapshot: Snapshot,
  { method, lines }: { method: string; lines: HeaderLines },
  target: Target,
): Offering {
  try {
    return findOffering(snapshot, method, target);
  } catch (error) {
    const isBeside =
      Problem.is(error) && error.slug === "method-not-allowed" && /^(?:HEAD|POST)$/.test(method);
    const found = isBeside ? findBeside(snapshot, lines, target) : null;
    if (!found) throw error;
    return found;
  }
}

function findBeside(snapshot: Snapshot, lines: HeaderLines, target: Target): Offering | null {
  for (const verb of verbs) {
    try {
      const offering = findOffering(snapshot, verb, target);
      const isSession = offering.endpoint.intent === "session";
      if (isSession && readCredential(lines, fieldOf(offering.endpoint)).kind === "credential")
        return offering;
    } catch (error) {
      if (!Problem.is(error)) throw error;
    }
  }
  return null;
}
