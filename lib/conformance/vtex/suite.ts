import {
  callbackFaults,
  createdFaults,
  differing,
  doneFaults,
  readObject,
  refusedFaults,
  sameFaults,
  statusFault,
} from "./judge";
import { type Asked, type Members, newRef, type Visit } from "./visit";

/** One thing that the gateway tries; answers the sentences of what the connector did wrong. */
export type Case = Readonly<{
  name: string;
  /** The methods it can be tried with; the first of the manifest is taken. */
  methods?: readonly string[];
  faults(visit: Visit, method: string): Promise<string[]>;
}>;

const callbackMs = 15_000;

/** The cards of the suite. They are nobody's. */
export const cards = {
  approved: "4444333322221111",
  denied: "4444333322221112",
  later: "4222222222222224",
  laterDenied: "4222222222222225",
};
export const withCard = (number: string): Members => ({
  card: { holder: "Ann Buyer", number, csc: "021", expiration: { month: "12", year: "2034" } },
});
export const cardMethods = ["Visa", "Mastercard", "American Express", "Elo"];
export const redirectMethods = ["Promissories", "Cobranded", "Privatelabels", "Cash"];

/** The end comes by callback, and a repeat of create then says the same. */
async function calledBack(visit: Visit, asked: Asked, status: string): Promise<string[]> {
  const { target } = visit;
  const { paymentId, callbackUrl: url } = asked;
  const called = await target.desk.next(url, callbackMs);
  const again = await visit.create(asked);
  return [
    ...callbackFaults(target, called, { url, paymentId, status }),
    ...createdFaults(again, paymentId, status).map((fault) => `Asked again after the callback: ${fault}`),
  ];
}

const manifest: Case = {
  name: "Manifest",
  async faults({ send }) {
    const said = await send("GET", "manifest", { headers: {} });
    const { paymentMethods, autoSettleDelay } = said.body;
    const methods = Array.isArray(paymentMethods) ? (paymentMethods as Members[]) : [];
    const splits = ["onAuthorize", "onCapture", "disabled"];
    const odd = methods.filter(
      ({ name, allowsSplit }) => typeof name !== "string" || !splits.includes(String(allowsSplit)),
    );
    const delays = Object.values((autoSettleDelay ?? {}) as Members);
    return [
      ...statusFault(said, 200),
      ...(methods.length > 0 ? [] : ["No payment method is offered."]),
      ...odd.map((method) => `${JSON.stringify(method)} is no payment method.`),
      ...(delays.every((delay) => /^\d+$/.test(String(delay)) && typeof delay === "string")
        ? []
        : ["autoSettleDelay is not in whole hours as texts."]),
    ];
  },
};

const authorize: Case = {
  name: "Authorize",
  methods: cardMethods,
  async faults({ create, operate, asking }, paymentMethod) {
    const asked = asking({ paymentMethod, ...withCard(cards.approved) });
    const first = await create(asked);
    const again = await create(asked);
    const above = await operate("settlements", asked, { value: 57.01 });
    const requestId = newRef();
    const settled = await operate("settlements", asked, { value: 57, requestId });
    const repeated = await operate("settlements", asked, { value: 57, requestId });
    const { settleId } = settled.body;
    const [one, two] = [
      await operate("refunds", asked, { value: 20, settleId }),
      await operate("refunds", asked, { value: 37, settleId }),
    ];
    const over = await operate("refunds", asked, { value: 1, settleId });
    return [
      ...createdFaults(first, asked.paymentId, "approved"),
      ...sameFaults(first, again, "The repeated create"),
      ...refusedFaults(above, { id: "settleId", value: 0 }),
      ...doneFaults(settled, { id: "settleId", value: 57 }),
      ...sameFaults(settled, repeated, "The repeated settlement"),
      ...doneFaults(one, { id: "refundId", value: 20 }),
      ...doneFaults(two, { id: "refundId", value: 37 }),
      ...refusedFaults(over, { id: "refundId", value: 0 }),
    ];
  },
};

const denied: Case = {
  name: "Denied",
  methods: cardMethods,
  async faults({ create, asking }, paymentMethod) {
    const asked = asking({ paymentMethod, ...withCard(cards.denied) });
    const first = await create(asked);
    const again = await create(asked);
    return [
      ...createdFaults(first, asked.paymentId, "denied"),
      ...sameFaults(first, again, "The repeated create"),
    ];
  },
};

const cancel: Case = {
  name: "Cancel",
  methods: cardMethods,
  async faults({ create, operate, asking }, paymentMethod) {
    const asked = asking({ paymentMethod, ...withCard(cards.approved) });
    const approved = await create(asked);
    const requestId = newRef();
    const first = await operate("cancellations", asked, { requestId });
    const same = await operate("cancellations", asked, { requestId });
    const other = await operate("cancellations", asked);
    const settled = await operate("settlements", asked, { value: 57 });
    return [
      ...createdFaults(approved, asked.paymentId, "approved"),
      ...doneFaults(first, { id: "cancellationId" }),
      ...sameFaults(first, same, "The repeated cancellation"),
      ...differing(other.body, { cancellationId: first.body.cancellationId }),
      ...refusedFaults(settled, { id: "settleId", value: 0 }),
    ];
  },
};

const later = (name: string, number: string, status: string): Case => ({
  name,
  methods: cardMethods,
  async faults(visit, paymentMethod) {
    const asked = visit.asking({ paymentMethod, ...withCard(number) });
    const first = await visit.create(asked);
    return [
      ...createdFaults(first, asked.paymentId, "undefined"),
      ...(await calledBack(visit, asked, status)),
    ];
  },
});

const slipMembers = [
  ...["paymentUrl", "identificationNumber", "identificationNumberFormatted"],
  ...["barCodeImageType", "barCodeImageNumber"],
];
const textFaults = (body: Members, names: readonly string[]): string[] =>
  names
    .filter((name) => typeof body[name] !== "string" || body[name] === "")
    .map((name) => `${name} is not a text.`);

/** A code that a checkout can show, for as long as the gateway lets it live. */
function pixFaults({ paymentAppData, delayToCancel }: Members): string[] {
  const { appName, payload } = (paymentAppData ?? {}) as Members;
  const shown = typeof payload === "string" ? readObject(payload) : {};
  const isLiving = typeof delayToCancel === "number" && delayToCancel >= 900 && delayToCancel <= 3_600;
  return [
    ...differing({ appName }, { appName: "vtex.pix-payment" }),
    ...textFaults(shown, ["code", "qrCodeBase64Image"]),
    ...(isLiving ? [] : [`delayToCancel is ${JSON.stringify(delayToCancel)}, not 900 to 3600.`]),
  ];
}

const elsewhere = (name: string, methods: readonly string[], shown: (body: Members) => string[]): Case => ({
  name,
  methods,
  async faults(visit, paymentMethod) {
    const asked = visit.asking({ paymentMethod });
    const first = await visit.create(asked);
    return [
      ...createdFaults(first, asked.paymentId, "undefined"),
      ...shown(first.body),
      ...(await calledBack(visit, asked, "approved")),
    ];
  },
});

/** The published cases, in their order. */
export const suite: readonly Case[] = [
  manifest,
  authorize,
  denied,
  cancel,
  later("AsyncApproved", cards.later, "approved"),
  later("AsyncDenied", cards.laterDenied, "denied"),
  elsewhere("BankInvoice", ["BankInvoice"], (body) => textFaults(body, slipMembers)),
  elsewhere("Pix", ["Pix"], pixFaults),
  elsewhere("Redirect", redirectMethods, (body) => textFaults(body, ["paymentUrl", "redirectUrl"])),
];
