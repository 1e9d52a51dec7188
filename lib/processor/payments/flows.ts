import type { Inside } from "../deps";
import { authorizePayment } from "./authorize";
import { capturePayment } from "./capture";
import { sendBackStray } from "./lone-stray";
import { retrievePayment, showPayment } from "./look";
import { openPayment, updatePayment } from "./open";
import { findPaymentRefund, refundPayment } from "./refund";
import { listByRef } from "./store";
import { deletePayment, voidPayment } from "./void";

/** What a shop or a page does with a payment that is opened first. */
export function paymentFlows(deps: Inside) {
  const bind =
    <A, R>(flow: (deps: Inside, input: A) => R) =>
    (input: A): R =>
      flow(deps, input);
  return {
    open: bind(openPayment),
    update: bind(updatePayment),
    authorize: bind(authorizePayment),
    capture: bind(capturePayment),
    void: bind(voidPayment),
    delete: bind(deletePayment),
    refund: bind(refundPayment),
    findRefund: bind(findPaymentRefund),
    retrieve: bind(retrievePayment),
    /** A payment by its id alone, for the page of whoever was sent there to pay it; `null` when there is none. */
    shown: bind(showPayment),
    sendBackStray: bind(sendBackStray),
    /** What was opened under a shop's own name for it, newest first. */
    find: (where: Parameters<typeof listByRef>[1]) => listByRef(deps.database.client, where),
  };
}
