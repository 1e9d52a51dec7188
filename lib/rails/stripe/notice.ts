import Stripe from "stripe";
import { z } from "zod";
import type { Kit, Notice } from "../contract";
import { modeOf, type StripeSettings } from "./settings";

const toleranceSeconds = 300;

const About = z.object({
  id: z.string().regex(/^evt_[A-Za-z0-9_]{1,200}$/),
  type: z.string().min(1).max(100),
  livemode: z.boolean(),
  account: z.string().nullish(),
  data: z.object({
    object: z.object({
      id: z.string().nullish(),
      object: z.string().nullish(),
      payment_intent: z.union([z.string(), z.object({ id: z.string() })]).nullish(),
    }),
  }),
});

/** The payment an event concerns, by the one member that names it. */
function referenceOf({ data: { object } }: z.infer<typeof About>): string | null {
  if (object.object === "payment_intent") return object.id ?? null;
  const named = object.payment_intent;
  return (typeof named === "object" ? named?.id : named) ?? null;
}

function verified(body: Uint8Array, signature: string, secret: string, at: Date): unknown {
  try {
    return Stripe.webhooks.constructEvent(
      Buffer.from(body),
      signature,
      secret,
      toleranceSeconds,
      undefined,
      at.getTime(),
    );
  } catch {
    return null;
  }
}

/**
 * Reads a callback over its raw bytes. `ignored`: authentic, and not about this rail's account and mode. Nothing but
 * names is taken from it; what they stand for is asked of Stripe.
 */
export function readNotice(settings: StripeSettings, kit: Kit) {
  const { webhookSecret, previousWebhookSecret, secretKey, connect } = settings;
  const secrets = [webhookSecret, previousWebhookSecret].filter((secret) => secret !== undefined);
  return async (headers: Headers, body: Uint8Array, at: Date): Promise<Notice | "ignored" | "forged"> => {
    const signature = headers.get("stripe-signature") ?? "";
    const told = secrets
      .map((secret) => verified(body, signature, secret, at))
      .find((event) => event !== null);
    if (!told) return "forged";
    const event = About.safeParse(told).data;
    const isOurs =
      event &&
      event.livemode === (modeOf(secretKey) === "live") &&
      (event.account ?? undefined) === connect?.account;
    if (!isOurs) {
      kit.log("stripe.notice-foreign", { alert: true, reason: "An event is about another account or mode." });
      return "ignored";
    }
    return { event: event.id, type: event.type, reference: referenceOf(event) };
  };
}
