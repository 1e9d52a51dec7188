import { describe } from "vitest";
import type { Exam } from "./rail-exam/bench";
import { examineOffer } from "./rail-exam/offer";
import { examineRefund } from "./rail-exam/refund";
import { examineFaults, examineOnce, examineProof } from "./rail-exam/taking";
import { examineTruth } from "./rail-exam/truth";

export type { Mood } from "./rail-exam/bench";

/** The exam of contracts/rail.md §5 for sale rails: the same for every one. */
export function describeRail<C, O extends object, P>(exam: Exam<C, O, P>): void {
  describe(`the rail ${exam.rail.id}`, () => {
    describe("definition and offer", () => examineOffer(exam));
    describe("proof", () => examineProof(exam));
    describe("taking, once", () => examineOnce(exam));
    describe("taking, when the network fails", () => examineFaults(exam));
    describe("truth", () => examineTruth(exam));
    describe("refund", () => examineRefund(exam));
  });
}
