import { setTimeout } from "node:timers/promises";
import type { Book } from "./book";
import { type Form, partAt, textAt } from "./form";
import { decline, findIntent, succeed } from "./intents";
import { type Intent, invalidRequest, missing, StripeFault } from "./objects";

type Asked = Readonly<{ book: Book; key: string; intent: Intent; form: Form }>;

/** Cards by what becomes of them, as Stripe publishes them for tests. */
const declines: Readonly<Record<string, string>> = {
  "4000000000000002": "card_declined",
  "4000000000009995": "insufficient_funds",
};
const approvals = ["4000002500003155", "4000002760003184"];
const networkMs = 40;

const payable = ["requires_payment_method", "requires_action"];

function refusedFor(intent: Intent): StripeFault {
  const { message, ...error } = intent.last_payment_error ?? { type: "card_error", message: "" };
  return new StripeFault(402, { ...error, message, payment_intent: { ...intent } });
}

const bankPage = ({ key, intent, form }: Asked): string => {
  const facts = { key, client_secret: intent.client_secret, return_url: textAt(form, "return_url") ?? "" };
  return `https://hooks.stripe.com/redirect/authenticate?${new URLSearchParams(facts)}`;
};

/** What the payer's browser sends the fields to. */
async function confirm(asked: Asked): Promise<Intent> {
  const { book, intent, form } = asked;
  await setTimeout(networkMs); // a second press comes meanwhile
  if (!payable.includes(intent.status)) {
    const message = `This PaymentIntent's status is ${intent.status}.`;
    throw new StripeFault(400, {
      ...{ type: "invalid_request_error", code: "payment_intent_unexpected_state", message },
      payment_intent: { ...intent },
    });
  }
  const method = partAt(form, "payment_method_data");
  const number = textAt(partAt(method, "card"), "number") ?? "";
  intent.next_action = null;
  switch (textAt(method, "type")) {
    case "ideal":
      intent.status = "requires_action";
      intent.next_action = { type: "redirect_to_url", redirect_to_url: { url: bankPage(asked) } };
      return intent;
    case "sepa_debit":
      intent.status = "processing";
      book.tell("payment_intent.processing", intent);
      return intent;
  }
  if (!/^\d{15,16}$/.test(number)) throw invalidRequest("Your card number is incorrect.", "incorrect_number");
  const code = declines[number];
  if (code !== undefined) {
    decline(book, intent, code);
    throw refusedFor(intent);
  }
  if (approvals.includes(number)) {
    intent.status = "requires_action";
    intent.next_action = { type: "use_stripe_sdk", use_stripe_sdk: { type: "stripe_3ds2_fingerprint" } };
    book.tell("payment_intent.requires_action", intent);
    return intent;
  }
  succeed(book, intent);
  return intent;
}

/** What the payer says to their bank. */
function authenticate({ book, intent, form }: Asked): Intent {
  if (intent.status !== "requires_action") return intent;
  intent.next_action = null;
  if (textAt(form, "outcome") === "succeed") succeed(book, intent);
  else decline(book, intent, "payment_intent_authentication_failure");
  return intent;
}

const form = /^\/v1\/payment_intents\/([A-Za-z0-9_]{1,255})(\/confirm|\/authenticate)?$/;

/** What a browser may ask with the publishable key: about a payment whose secret it has, and nothing else. */
export async function answerBrowser(
  book: Book,
  { method, path, sent }: { method: string; path: string; sent: Form },
): Promise<Intent> {
  const [, id = "", verb = ""] = form.exec(path) ?? [];
  if (!id || (method === "GET") !== (verb === "")) throw missing("route", path);
  const intent = findIntent(book, id);
  if (textAt(sent, "client_secret") !== intent.client_secret) throw missing("payment_intent", id);
  const asked = { book, key: textAt(sent, "key") ?? "", intent, form: sent };
  if (verb === "/confirm") return await confirm(asked);
  return verb === "/authenticate" ? authenticate(asked) : intent;
}
