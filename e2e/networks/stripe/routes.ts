import { type Book, livesInTest, newId } from "./book";
import { type Form, partAt, textAt } from "./form";
import { cancelIntent, createIntent, findIntent, searchIntents } from "./intents";
import { type Intent, invalidRequest, missing, StripeFault, type Taken, type Token } from "./objects";
import { createRefund, findRefund } from "./refunds";

export type Asked = Readonly<{ book: Book; id: string; form: Form }>;
type Route = Readonly<{ method: "GET" | "POST"; path: RegExp; run(asked: Asked): unknown }>;

const isExpanded = (form: Form, name: string): boolean =>
  Object.values(partAt(form, "expand")).some(
    (value) => value === name || String(value).startsWith(`${name}.`),
  );

function showCharge(book: Book, charge: Taken, form: Form, prefix: string): object {
  const balance = charge.balance_transaction;
  const isWanted = isExpanded(form, `${prefix}balance_transaction`) && balance !== null;
  return { ...charge, balance_transaction: isWanted ? book.balances.get(balance) : balance };
}

function showIntent(book: Book, intent: Intent, form: Form): object {
  const charge = intent.latest_charge === null ? undefined : book.charges.get(intent.latest_charge);
  const isWanted = charge && isExpanded(form, "latest_charge");
  return {
    ...intent,
    latest_charge: isWanted ? showCharge(book, charge, form, "latest_charge.") : intent.latest_charge,
  };
}

const list = (data: readonly unknown[], url: string) => ({ object: "list", url, has_more: false, data });

function grantToken(book: Book, form: Form): object {
  const limits = partAt(form, "usage_limits");
  const maxAmount = Number(textAt(limits, "max_amount"));
  const currency = textAt(limits, "currency") ?? "";
  const expiresAt = Number(textAt(limits, "expires_at"));
  if (!Number.isSafeInteger(maxAmount) || maxAmount <= 0 || !currency || !Number.isSafeInteger(expiresAt)) {
    throw invalidRequest("A token has usage limits.", "parameter_missing", "usage_limits");
  }
  const token: Token = {
    ...{ id: newId("spt"), currency, maxAmount, expiresAt, deactivated: null },
    networkId: textAt(partAt(form, "seller_details"), "network_id") ?? "",
    paymentMethod: textAt(form, "payment_method") ?? "",
  };
  if (!token.networkId || !token.paymentMethod) {
    throw invalidRequest("A token has a seller and a payment method.", "parameter_missing");
  }
  book.tokens.set(token.id, token);
  return showToken(token);
}

const showToken = (token: Token): object => ({
  id: token.id,
  object: "shared_payment.granted_token",
  livemode: livesInTest,
  deactivated_at: token.deactivated ? 1 : null,
  deactivated_reason: token.deactivated,
  usage_limits: { currency: token.currency, max_amount: token.maxAmount, expires_at: token.expiresAt },
});

function tokenOf({ book, id }: Asked): Token {
  const token = book.tokens.get(id);
  if (!token) throw missing("shared_payment_granted_token", id);
  return token;
}

const word = "([A-Za-z0-9_-]{1,255})";
const at = (path: string): RegExp => new RegExp(`^${path.replace(":id", word)}$`);

const routes: readonly Route[] = [
  {
    method: "POST",
    path: at("/v1/payment_intents"),
    run: ({ book, form }) => showIntent(book, createIntent(book, form), form),
  },
  {
    method: "GET",
    path: at("/v1/payment_intents/search"),
    run: ({ book, form }) => {
      const found = searchIntents(book, textAt(form, "query") ?? "");
      const data = found.map((intent) => showIntent(book, intent, dataOf(form)));
      return { ...list(data, "/v1/payment_intents/search"), object: "search_result", next_page: null };
    },
  },
  {
    method: "GET",
    path: at("/v1/payment_intents"),
    run: ({ book, form }) => {
      const limit = Number(textAt(form, "limit") ?? 10);
      return list([...book.intents.values()].reverse().slice(0, limit), "/v1/payment_intents");
    },
  },
  {
    method: "GET",
    path: at("/v1/payment_intents/:id"),
    run: ({ book, id, form }) => showIntent(book, findIntent(book, id), form),
  },
  {
    method: "POST",
    path: at("/v1/payment_intents/:id/cancel"),
    run: ({ book, id }) => cancelIntent(book, id),
  },
  { method: "POST", path: at("/v1/refunds"), run: ({ book, form }) => createRefund(book, form) },
  {
    method: "GET",
    path: at("/v1/refunds"),
    run: ({ book, form }) => {
      const intent = textAt(form, "payment_intent") ?? "";
      findIntent(book, intent);
      const found = [...book.refunds.values()].filter((refund) => refund.payment_intent === intent);
      return list(found.reverse(), "/v1/refunds");
    },
  },
  { method: "GET", path: at("/v1/refunds/:id"), run: ({ book, id }) => findRefund(book, id) },
  {
    method: "GET",
    path: at("/v1/charges/:id"),
    run: ({ book, id, form }) => {
      const charge = book.charges.get(id);
      if (!charge) throw missing("charge", id);
      return showCharge(book, charge, form, "");
    },
  },
  {
    method: "GET",
    path: at("/v1/disputes"),
    run: ({ book, form }) => {
      const intent = textAt(form, "payment_intent");
      const since = Number(textAt(partAt(form, "created"), "gte") ?? 0);
      const all = [...book.disputes.values()].reverse().filter(({ created }) => created >= since);
      const wanted = intent === undefined ? all : all.filter((one) => one.payment_intent === intent);
      const after = textAt(form, "starting_after");
      const start = after === undefined ? 0 : wanted.findIndex(({ id }) => id === after) + 1;
      const end = start + Number(textAt(form, "limit") ?? 10);
      return { ...list(wanted.slice(start, end), "/v1/disputes"), has_more: end < wanted.length };
    },
  },
  {
    method: "GET",
    path: at("/v1/balance_transactions/:id"),
    run: ({ book, id }) => book.balances.get(id) ?? Promise.reject(missing("balance transaction", id)),
  },
  {
    method: "POST",
    path: at("/v1/test_helpers/shared_payment/granted_tokens"),
    run: ({ book, form }) => grantToken(book, form),
  },
  {
    method: "POST",
    path: at("/v1/test_helpers/shared_payment/granted_tokens/:id/revoke"),
    run: (asked) => {
      const token = tokenOf(asked);
      token.deactivated ??= "revoked";
      return showToken(token);
    },
  },
  {
    method: "GET",
    path: at("/v1/shared_payment/granted_tokens/:id"),
    run: (asked) => showToken(tokenOf(asked)),
  },
  {
    method: "GET",
    path: at("/v1/account"),
    run: ({ book }) => ({
      ...{ id: book.account, object: "account", charges_enabled: true, country: "US" },
      ...{ default_currency: "usd", business_profile: { name: "Acme" } },
    }),
  },
];

/** A search expands below `data`. */
function dataOf(form: Form): Form {
  const names = Object.entries(partAt(form, "expand"));
  return {
    expand: Object.fromEntries(names.map(([key, value]) => [key, String(value).replace(/^data\./, "")])),
  };
}

/** What answers this address; anything the double does not know is Stripe's own 404. */
export function routeOf(method: string, path: string): { run: Route["run"]; id: string } {
  for (const route of routes) {
    const found = route.method === method ? route.path.exec(path) : null;
    if (found) return { run: route.run, id: found[1] ?? "" };
  }
  throw new StripeFault(404, {
    type: "invalid_request_error",
    code: "url_invalid",
    message: `Unrecognized request URL (${method}: ${path}).`,
  });
}
