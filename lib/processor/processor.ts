import { findAnswer } from "./answers/answers";
import type { Charge } from "./charges/charge";
import { cutShort, delivered, undelivered } from "./charges/deliver";
import { take } from "./charges/take";
import type { Inside, ProcessorDeps } from "./deps";
import { createHands } from "./hands";
import { refundAbility, requestRefund, retryRefund } from "./refunds/request-refund";
import { jobHandlers, workerSteps } from "./worker";

export type Processor = ReturnType<typeof createProcessor>;

/** The flows that move money, what they left in the records, and the steps that finish what was interrupted. */
export function createProcessor(given: ProcessorDeps) {
  const deps: Inside = { ...given, hands: createHands() };
  const bind =
    <A extends unknown[], R>(flow: (deps: Inside, ...rest: A) => R) =>
    (...rest: A): R =>
      flow(deps, ...rest);
  return {
    take: bind(take),
    delivered: bind(delivered),
    undelivered: bind(undelivered),
    cutShort: bind(cutShort),
    answers: { find: bind(findAnswer) },
    requestRefund: bind(requestRefund),
    retryRefund: bind(retryRefund),
    refundAbility: (charge: Pick<Charge, "merchantId" | "rail">) => refundAbility(deps, charge),
    handlers: jobHandlers(deps),
    worker: workerSteps(deps),
  };
}
