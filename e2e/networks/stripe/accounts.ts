import type { Book } from "./book";
import { type Form, partAt, textAt } from "./form";
import { invalidRequest, missing, StripeFault } from "./objects";

/** The account that a platform's key may act for, and no other. */
export const connectedAccount = "acct_connected000000001";

/** The account that a call is about: the key's own, or the one that `Stripe-Account` names. */
export function accountOf(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (header === connectedAccount) return connectedAccount;
  const message = "The provided key does not have access to this account (or that account does not exist).";
  throw new StripeFault(403, { type: "invalid_request_error", code: "account_invalid", message });
}

type Call = Readonly<{ account: string | null; method: string; path: string; form: Form }>;

const intentNamed = ({ path, form }: Call): string | undefined =>
  /^\/v1\/payment_intents\/(pi_\w+)/.exec(path)?.[1] ?? textAt(form, "payment_intent");

/** What is in one account is not there for another. */
export function mindAccount(book: Book, call: Call): void {
  const intent = intentNamed(call);
  if (intent !== undefined && (book.accounts.get(intent) ?? null) !== call.account) {
    throw missing("payment_intent", intent);
  }
  if (call.method === "POST" && call.path === "/v1/payment_intents") mindParts(call);
}

/** Stripe's rules for what a platform takes of a payment, and where the rest goes. */
function mindParts({ account, form }: Call): void {
  const fee = textAt(form, "application_fee_amount");
  const destination = textAt(partAt(form, "transfer_data"), "destination");
  const behalf = textAt(form, "on_behalf_of");
  if (fee !== undefined && (!/^[1-9]\d*$/.test(fee) || Number(fee) > Number(textAt(form, "amount")))) {
    throw invalidRequest("The fee must be positive and not above the amount.", "parameter_invalid_integer");
  }
  if (fee !== undefined && account === null && destination === undefined) {
    throw invalidRequest("A fee needs a connected account.", "parameter_missing", "application_fee_amount");
  }
  for (const named of [destination, behalf]) {
    if (named !== undefined && named !== connectedAccount) throw missing("account", named);
  }
}

/** Which account a new object is in. */
export function noteAccount(book: Book, account: string | null, said: unknown): void {
  const { id, object } = said as { id?: string; object?: string };
  if (account !== null && object === "payment_intent" && id) book.accounts.set(id, account);
}
