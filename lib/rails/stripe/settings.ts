import { z } from "zod";
import { minimumForm } from "./currencies";

const secret = (pattern: RegExp, message: string, words: { title: string; description: string }) =>
  z
    .string()
    .regex(pattern, message)
    .meta({ secret: true, ...words });

const officialBase = "https://api.stripe.com";
/** The version in which a granted token stands at the top level of a PaymentIntent. */
const previewVersion = "2026-07-29.preview";

const account = z.string().regex(/^acct_[A-Za-z0-9]{1,64}$/, "Write an account id such as acct_1Abc.");
const hookSecret = (title: string, description: string) =>
  secret(/^whsec_[A-Za-z0-9+/=_-]{8,240}$/, "Write the signing secret: whsec_…", {
    title,
    description,
  }).optional();

const Connect = z.strictObject({
  account: account.optional().meta({ description: "Charges are made on this account." }),
  onBehalfOf: account.optional(),
  destination: account.optional().meta({ description: "What is charged is transferred to this account." }),
  applicationFeePercent: z
    .number()
    .min(0)
    .max(100)
    .multipleOf(0.01)
    .optional()
    .meta({ description: "What the platform keeps, rounded down." }),
});

export const StripeSettings = z.strictObject({
  secretKey: secret(
    /^(?:sk|rk)_(?:test|live)_[A-Za-z0-9_]{8,240}$/,
    "Write a secret or restricted key: sk_test_…, rk_test_…, sk_live_… or rk_live_….",
    {
      title: "Secret key",
      description: "A restricted key that may write PaymentIntents and Refunds is enough.",
    },
  ),
  webhookSecret: hookSecret("Webhook secret", "whsec_…; without it Stripe's events are not taken."),
  previousWebhookSecret: hookSecret("Previous webhook secret", "While a new one is being introduced."),
  publishableKey: z
    .string()
    .regex(/^pk_(?:test|live)_[A-Za-z0-9_]{8,240}$/, "Write a publishable key: pk_test_… or pk_live_….")
    .optional()
    .meta({ title: "Publishable key", description: "For the checkout page only." }),
  networkId: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "Write the profile that tokens are granted to.")
    .meta({ title: "Network id", description: "The Stripe profile that payers grant their tokens to." }),
  paymentMethodTypes: z
    .array(z.string().regex(/^[a-z0-9_]{1,40}$/, "Write names such as card or link."))
    .min(1, "Name one at least.")
    .max(20)
    .default(["card"])
    .meta({ title: "Payment methods" }),
  apiBase: z
    .url({ protocol: /^https?$/ })
    .default(officialBase)
    .meta({ title: "Address of the API", description: "Another one in test mode only." }),
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}\.[a-z]{1,20}$/, "Write a version such as 2026-07-29.preview.")
    .default(previewVersion)
    .meta({ title: "API version" }),
  connect: Connect.optional().meta({ title: "Connect" }),
  minimums: z
    .record(
      z.string().regex(/^[A-Z]{3}$/, "Write a currency code such as TWD."),
      z.string().regex(minimumForm, "Write whole minor units as Stripe counts them."),
    )
    .default({})
    .meta({ description: "The smallest charge in currencies for which Stripe publishes none." }),
});

export type StripeSettings = z.infer<typeof StripeSettings>;
type Fault = { path: string[]; message: string };

export const modeOf = (key: string): "test" | "live" => (/^[a-z]+_live_/.test(key) ? "live" : "test");

/** Test keys move no money and live keys do: neither is taken for the other. */
export function faultsOf(settings: StripeSettings, mode: "test" | "live"): Fault[] {
  const { secretKey, publishableKey, apiBase, connect } = settings;
  const faults: Fault[] = [];
  const fault = (path: string[], message: string) => faults.push({ path, message });
  const wrong = (key: string) => `This is a ${modeOf(key)} key; the rail is in ${mode} mode.`;
  if (modeOf(secretKey) !== mode) fault(["secretKey"], wrong(secretKey));
  if (publishableKey && modeOf(publishableKey) !== mode) fault(["publishableKey"], wrong(publishableKey));
  if (mode === "live" && new URL(apiBase).origin !== officialBase) {
    fault(["apiBase"], `Live mode talks to ${officialBase} only.`);
  }
  if (new URL(apiBase).pathname !== "/") fault(["apiBase"], "Write an origin without a path.");
  if (connect?.applicationFeePercent && !connect.account && !connect.destination) {
    fault(["connect", "applicationFeePercent"], "A fee needs an account to be taken from.");
  }
  if (connect?.account && connect.destination) {
    fault(["connect", "destination"], "Charge on an account or transfer to one, not both.");
  }
  return faults;
}
