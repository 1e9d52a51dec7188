import { describe } from "vitest";
import type { Exam } from "./rail-exam/bench";
import { examineHolds } from "./rail-exam/holds";
import { examineOffer } from "./rail-exam/offer";
import { examineRefund } from "./rail-exam/refund";
import { examineFaults, examineOnce, examineProof } from "./rail-exam/taking";
import { examineTruth } from "./rail-exam/truth";
import { examineWatching } from "./rail-exam/watching";

export type { Mood } from "./rail-exam/bench";

/**
 * The exam of contracts/rail.md §5: the same for every rail that takes a proof, whether it takes the money with it or
 * reserves first; one that only watches is examined in what it shows, sees and sends back.
 */
export function describeRail<C, O extends object, P>(exam: Exam<C, O, P>): void {
  describe(`the rail ${exam.rail.id}`, () => {
    describe("definition and offer", () => examineOffer(exam));
    if (exam.rail.proof) {
      describe("proof", () => examineProof(exam));
      describe("taking, once", () => examineOnce(exam));
      describe("taking, when the network fails", () => examineFaults(exam));
      if (exam.reserves) describe("holds", () => examineHolds(exam));
    } else {
      describe("watching", () => examineWatching(exam));
    }
    describe("truth", () => examineTruth(exam));
    describe("refund", () => examineRefund(exam));
  });
}
