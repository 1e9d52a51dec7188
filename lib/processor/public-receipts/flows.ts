import type { Inside } from "../deps";
import { directRefund, findAddress, openReceipt, publishReceipt, unpublishReceipt } from "./public-receipts";

/** Everything about receipts that are read without signing in. */
export const publicReceiptFlows = (deps: Inside) => ({
  publish: (asked: Parameters<typeof publishReceipt>[1]) => publishReceipt(deps, asked),
  unpublish: (asked: Parameters<typeof unpublishReceipt>[1]) => unpublishReceipt(deps, asked),
  find: (named: Parameters<typeof findAddress>[1]) => findAddress(deps, named),
  open: (token: string) => openReceipt(deps, token),
  directRefund: (asked: Parameters<typeof directRefund>[1]) => directRefund(deps, asked),
});
