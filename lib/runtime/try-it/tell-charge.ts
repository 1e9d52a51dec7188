import { Money } from "@/lib/money";
import type { Processor, TimelineEntry } from "@/lib/processor";
import type { Emit, Posting, Step } from "./exchange";

type Found = Readonly<{
  receipt: string | null;
  charge: string;
  state: string;
  timeline: readonly TimelineEntry[];
}>;

/** Tells what the records say of a challenge's charge, as soon as they say it. */
export type Told = Readonly<{
  watch(challengeId: string): void;
  /** Tells what was recorded since the last time. */
  tell(): Promise<void>;
  /** Has the rail's answer been recorded, one way or the other? */
  isDecided(): Promise<boolean>;
  postings(): Promise<readonly Posting[]>;
  ids(): Promise<Readonly<{ receipt: string | null; charge: string | null }>>;
}>;

type Line = Omit<Step, "at" | "afterMs">;

const reasonOf = ({ detail }: TimelineEntry): Pick<Step, "detail"> =>
  typeof detail.reason === "string" && detail.reason !== "" ? { detail: detail.reason } : {};

const asked: Line = { from: "gateway", to: "rail", title: "Takes the money" };

/** What a line of a charge's timeline is between the parties; requests and upstream calls are told as they happen. */
function linesOf(entry: TimelineEntry): readonly Line[] {
  switch (entry.type) {
    case "claimed":
      return [
        {
          from: "gateway",
          to: "gateway",
          title: "Claims the credential",
          detail: "It can be spent once from here on.",
        },
      ];
    case "settled":
      return [asked, { from: "rail", to: "gateway", title: "Settled", tone: "good", ...referenceOf(entry) }];
    case "declined":
      return [asked, { from: "rail", to: "gateway", title: "Declined", tone: "failed", ...reasonOf(entry) }];
    case "rail.unavailable":
      return [
        asked,
        { from: "rail", to: "gateway", title: "Not reachable", tone: "attention", ...reasonOf(entry) },
      ];
    case "rail.unknown":
      return [
        asked,
        { from: "rail", to: "gateway", title: "The answer is lost", tone: "attention", ...reasonOf(entry) },
      ];
    case "resolved":
      return [
        { from: "gateway", to: "rail", title: "Asks what became of it" },
        { from: "rail", to: "gateway", title: "It was taken", tone: "good", ...referenceOf(entry) },
      ];
    case "redeemed":
      return [
        {
          from: "gateway",
          to: "gateway",
          title: "Knows this payment",
          detail: "It is served without a second charge.",
        },
      ];
    case "undelivered":
      return [
        {
          from: "gateway",
          to: "gateway",
          title: "Recorded as paid and not served",
          tone: "attention",
          ...reasonOf(entry),
        },
      ];
    default:
      return [];
  }
}

const referenceOf = ({ detail }: TimelineEntry): Pick<Step, "detail"> =>
  typeof detail.reference === "string" ? { detail: detail.reference } : {};

/** Where the records are. */
export type Records = Readonly<{ processor: Pick<Processor, "search" | "charges" | "receipts"> }>;
type About = Readonly<{ merchantId: string; began: number; emit: Emit }>;

export function tellCharge({ processor }: Records, { merchantId, began, emit }: About): Told {
  let challengeId: string | null = null;
  let count = 0;

  async function find(): Promise<Found | null> {
    if (challengeId === null) return null;
    const [hit] = await processor.search(merchantId, challengeId);
    if (!hit) return null;
    if (hit.kind === "charge") {
      const { id, state, timeline } = await processor.charges.get({ merchantId, id: hit.id });
      return { receipt: null, charge: id, state, timeline };
    }
    const { id, chargeId, state, timeline } = await processor.receipts.get({ merchantId, id: hit.id });
    return { receipt: id, charge: chargeId, state, timeline };
  }

  return {
    watch(id) {
      if (id === challengeId) return;
      challengeId = id;
      count = 0;
    },
    async tell() {
      const found = await find();
      for (const entry of found?.timeline.slice(count) ?? []) {
        for (const line of linesOf(entry)) {
          const isAsked = line.from === "gateway" && line.to === "rail";
          const at = new Date(entry.at.getTime() - (isAsked ? (entry.durationMs ?? 0) : 0));
          emit({ type: "step", at: at.toISOString(), afterMs: Math.max(0, at.getTime() - began), ...line });
        }
      }
      count = found?.timeline.length ?? count;
    },
    async isDecided() {
      return ["captured", "denied", "voided", "expired"].includes((await find())?.state ?? "");
    },
    async postings() {
      const { receipt } = (await find()) ?? {};
      if (!receipt) return [];
      const { postings } = await processor.receipts.get({ merchantId, id: receipt });
      return postings.map(({ key, reason, account, amount }) => ({
        key,
        reason,
        account,
        amount: Money.format(amount),
        currency: amount.currency.code,
      }));
    },
    async ids() {
      const found = await find();
      return { receipt: found?.receipt ?? null, charge: found?.charge ?? null };
    },
  };
}
