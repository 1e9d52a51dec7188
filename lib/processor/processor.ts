import { findAnswer, findPaidAnswer } from "./answers/answers";
import { channelFlows } from "./channels/flows";
import { createWakes } from "./channels/wakes";
import type { Charge } from "./charges/charge";
import { chooseRemedy } from "./charges/choose-remedy";
import { cutShort, delivered, undelivered } from "./charges/deliver";
import { noteSent } from "./charges/delivery-store";
import { getCharge, listCharges, paidAmong } from "./charges/list-charges";
import { resealProofs } from "./charges/reseal-proofs";
import { take } from "./charges/take";
import type { Inside, ProcessorDeps } from "./deps";
import { listEvents } from "./events/list-events";
import { readGauges } from "./gauges/gauges";
import { createHands } from "./hands";
import { draw, name as nameDrawn } from "./issued/draw";
import { listNotices, receiveNotice, replayNotice } from "./notices/notices";
import { paymentFlows } from "./payments/flows";
import { publicReceiptFlows } from "./public-receipts/flows";
import { evidenceOf } from "./receipts/evidence";
import { readOverview } from "./receipts/overview";
import {
  countReceiptTabs,
  findReceipt,
  getReceipt,
  listReceipts,
  streamReceipts,
  summarizeReceipts,
} from "./receipts/receipts";
import {
  explainMismatch,
  listOpenMismatches,
  listStandings,
  runReconciliation,
} from "./reconcile/reconciliation";
import { giveDestination } from "./refunds/destination";
import { countRefundTabs, getRefund, listRefunds } from "./refunds/list-refunds";
import { refundAbility, requestRefund, retryRefund } from "./refunds/request-refund";
import { search } from "./search/search";
import { createSent } from "./sent";
import { createTraffic, readTraffic } from "./traffic/traffic";
import { verify } from "./verify/verify";
import { jobHandlers, workerSteps } from "./worker";

export type Processor = ReturnType<typeof createProcessor>;

const binderOf =
  (deps: Inside) =>
  <A extends unknown[], R>(flow: (deps: Inside, ...rest: A) => R) =>
  (...rest: A): R =>
    flow(deps, ...rest);

const bindNote =
  ({ database, presence }: ProcessorDeps) =>
  (ids: readonly string[]) =>
    noteSent(database, { ids, owner: presence.number });

/** The flows that move money, what they left in the records, and the steps that finish what was interrupted. */
export function createProcessor(given: ProcessorDeps) {
  const { listen, log } = given;
  const channelWakes = createWakes(
    listen ? (handlers) => listen("farebox_channel", handlers) : null,
    given.pause,
  );
  const hands = createHands();
  const sent = createSent({ note: bindNote(given), hands, log });
  const deps: Inside = { ...given, hands, sent, channelWakes };
  const traffic = createTraffic(deps);
  const bind = binderOf(deps);
  return {
    take: bind(take),
    delivered: bind(delivered),
    /** The bytes of a delivery that was leaving have left. */
    sent: (charge: Pick<Charge, "id">) => sent.add(charge.id),
    undelivered: bind(undelivered),
    cutShort: bind(cutShort),
    answers: { find: bind(findAnswer), ofCredential: bind(findPaidAnswer) },
    requestRefund: bind(requestRefund),
    retryRefund: bind(retryRefund),
    giveDestination: bind(giveDestination),
    refundAbility: (charge: Parameters<typeof refundAbility>[1]) => refundAbility(deps, charge),
    getRefund: bind(getRefund),
    listRefunds: bind(listRefunds),
    refundTabs: bind(countRefundTabs),
    chooseRemedy: bind(chooseRemedy),
    receipts: {
      list: bind(listReceipts),
      summary: bind(summarizeReceipts),
      tabs: bind(countReceiptTabs),
      find: bind(findReceipt),
      get: bind(getReceipt),
      stream: bind(streamReceipts),
      evidence: bind(evidenceOf),
      overview: bind(readOverview),
    },
    publicReceipts: publicReceiptFlows(deps),
    issued: { draw: bind(draw), name: bind(nameDrawn) },
    channels: channelFlows(deps),
    payments: paymentFlows(deps),
    /** Writes down what has left, and ends what listens for others. */
    async close() {
      await Promise.all([sent.flush(), channelWakes.close()]);
    },
    charges: { list: bind(listCharges), get: bind(getCharge), paidAmong: bind(paidAmong) },
    events: { list: bind(listEvents) },
    notices: {
      receive: bind(receiveNotice),
      list: bind(listNotices),
      replay: bind(replayNotice),
    },
    reconciliation: {
      list: bind(listStandings),
      open: bind(listOpenMismatches),
      run: bind(runReconciliation),
      explain: bind(explainMismatch),
    },
    resealProofs: bind(resealProofs),
    search: bind(search),
    verify: bind(verify),
    gauges: bind(readGauges),
    traffic: { ...traffic, read: bind(readTraffic) },
    handlers: jobHandlers(deps),
    worker: [
      ...workerSteps(deps),
      { kind: "traffic.fold", everyMs: 30_000, everywhere: true, run: traffic.fold },
    ],
  };
}
