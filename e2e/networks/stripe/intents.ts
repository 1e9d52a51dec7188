import { type Book, feeOf, livesInTest, newId } from "./book";
import { type Form, partAt, textAt, textsAt } from "./form";
import { type Intent, invalidRequest, missing, StripeFault, type Taken, type Token } from "./objects";

const amountForm = /^[1-9]\d{0,7}$/;

/** The token a confirmation names: at the top level in the preview, inside the payment method in the documents. */
const tokenNamed = (form: Form): string | undefined =>
  textAt(form, "shared_payment_granted_token") ??
  textAt(partAt(form, "payment_method_data"), "shared_payment_granted_token");

function usable(book: Book, intent: Intent, id: string): Token {
  const token = book.tokens.get(id);
  const refuse = (code: string, message: string) =>
    new StripeFault(400, {
      type: "invalid_request_error",
      code,
      message,
      param: "shared_payment_granted_token",
    });
  if (!token) throw refuse("resource_missing", "No such shared payment granted token.");
  if (token.deactivated === "revoked") throw refuse("shared_payment_token_revoked", "The token was revoked.");
  if (token.deactivated === "consumed") throw refuse("shared_payment_token_consumed", "The token was used.");
  if (token.expiresAt <= book.seconds())
    throw refuse("shared_payment_token_expired", "The token has expired.");
  if (token.currency !== intent.currency) {
    throw refuse("shared_payment_token_currency_mismatch", "The token is for another currency.");
  }
  if (intent.amount > token.maxAmount) {
    throw refuse("shared_payment_token_limit_exceeded", "The amount is above what the token allows.");
  }
  return token;
}

/** Money moves here and nowhere else. */
export function succeed(book: Book, intent: Intent): void {
  const charge: Taken = {
    id: newId("ch"),
    object: "charge",
    amount: intent.amount,
    amount_refunded: 0,
    currency: intent.currency,
    payment_intent: intent.id,
    disputed: false,
    refunded: false,
    status: "succeeded",
    balance_transaction: null,
    payment_method_details: { type: "card", card: { brand: "visa", last4: "4242" } },
  };
  book.charges.set(charge.id, charge);
  if (!book.knobs.holdFees) clear(book, charge);
  intent.status = "succeeded";
  intent.amount_received = intent.amount;
  intent.latest_charge = charge.id;
  intent.last_payment_error = null;
  const about = intent.metadata.mpp_challenge_id ?? intent.id;
  book.write({ type: "capture", about, units: intent.amount, text: intent.id });
  book.tell("payment_intent.succeeded", intent);
}

export function clear(book: Book, charge: Taken): void {
  charge.balance_transaction = book.book("charge", charge.amount, charge.currency, feeOf(charge.amount)).id;
}

const declineWords: Readonly<Record<string, string>> = {
  insufficient_funds: "Your card has insufficient funds.",
  payment_intent_authentication_failure:
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
};

export function decline(book: Book, intent: Intent, code = "card_declined"): void {
  intent.status = "requires_payment_method";
  intent.last_payment_error = {
    ...{ type: "card_error", code, decline_code: "generic_decline" },
    message: declineWords[code] ?? "Your card was declined.",
  };
  book.tell("payment_intent.payment_failed", intent);
}

/** What a confirmation comes to; a decline is an error that carries the intent. */
export function confirm(book: Book, intent: Intent): void {
  switch (book.knobs.confirm) {
    case "succeed":
      succeed(book, intent);
      break;
    case "action":
      intent.status = "requires_action";
      book.tell("payment_intent.requires_action", intent);
      break;
    case "processing":
      intent.status = "processing";
      book.tell("payment_intent.processing", intent);
      break;
    case "decline": {
      decline(book, intent);
      throw new StripeFault(402, { ...intent.last_payment_error, payment_intent: { ...intent } });
    }
  }
}

function newIntent(book: Book, form: Form): Intent {
  const amount = textAt(form, "amount") ?? "";
  const currency = textAt(form, "currency") ?? "";
  if (!amountForm.test(amount))
    throw invalidRequest("Invalid positive integer", "parameter_invalid_integer", "amount");
  if (!/^[a-z]{3}$/.test(currency)) throw invalidRequest("Invalid currency", "invalid_currency", "currency");
  if (currency === "usd" && Number(amount) < 50) {
    throw invalidRequest("Amount must be at least $0.50 usd", "amount_too_small", "amount");
  }
  const id = newId("pi");
  const fee = textAt(form, "application_fee_amount");
  const destination = textAt(partAt(form, "transfer_data"), "destination");
  return {
    id,
    object: "payment_intent",
    amount: Number(amount),
    amount_received: 0,
    currency,
    status: "requires_payment_method",
    client_secret: `${id}_secret_${newId("s").slice(2)}`,
    livemode: livesInTest,
    latest_charge: null,
    last_payment_error: null,
    next_action: null,
    metadata: textsAt(form, "metadata"),
    created: book.seconds(),
    application_fee_amount: fee === undefined ? null : Number(fee),
    on_behalf_of: textAt(form, "on_behalf_of") ?? null,
    transfer_data: destination === undefined ? null : { destination },
  };
}

export function createIntent(book: Book, form: Form): Intent {
  const intent = newIntent(book, form);
  const spt = tokenNamed(form);
  if (textAt(form, "confirm") !== "true") {
    if (spt !== undefined)
      throw invalidRequest("A granted token is confirmed at once.", "parameter_missing", "confirm");
    book.intents.set(intent.id, intent);
    return intent;
  }
  if (spt === undefined)
    throw invalidRequest("Missing payment method", "parameter_missing", "payment_method");
  const methods = partAt(form, "automatic_payment_methods");
  if (methods.enabled !== "true" || methods.allow_redirects !== "never") {
    throw invalidRequest(
      "A return_url is needed unless redirects are never allowed.",
      "parameter_missing",
      "return_url",
    );
  }
  const token = usable(book, intent, spt);
  book.intents.set(intent.id, intent);
  confirm(book, intent);
  if (intent.status !== "requires_action") token.deactivated = "consumed";
  return intent;
}

export function findIntent(book: Book, id: string): Intent {
  const intent = book.intents.get(id);
  if (!intent) throw missing("payment_intent", id);
  return intent;
}

export function cancelIntent(book: Book, id: string): Intent {
  const intent = findIntent(book, id);
  if (intent.status === "succeeded" || intent.status === "canceled" || intent.status === "processing") {
    throw invalidRequest(
      `This PaymentIntent is ${intent.status} and cannot be canceled.`,
      "payment_intent_unexpected_state",
    );
  }
  intent.status = "canceled";
  book.write({ type: "cancel", about: intent.metadata.mpp_challenge_id ?? id, units: 0, text: id });
  book.tell("payment_intent.canceled", intent);
  return intent;
}

/** `metadata['name']:'value'`, the one question that is asked; found only once the index has caught up. */
export function searchIntents(book: Book, query: string): Intent[] {
  const [, name = "", value = ""] = /^metadata\['([^']+)'\]:'([^']*)'$/.exec(query) ?? [];
  if (!name) throw invalidRequest("Your query is malformed.", "parameter_invalid", "query");
  if (book.knobs.holdSearch) return [];
  return [...book.intents.values()].filter(({ metadata }) => metadata[name] === value);
}
