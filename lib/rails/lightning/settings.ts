import { z } from "zod";
import { networks } from "./bolt11";

const secret = (rule: z.ZodString, words: { title: string; description: string }) =>
  rule.meta({ secret: true, ...words });

const address = (description: string) =>
  z.url({ protocol: /^https?$/ }).meta({ title: "Address", description });

const decimal = /^(?:0|[1-9]\d{0,17})(?:\.\d{1,18})?$/;

const Caps = z.strictObject({
  perAddress: z.int().min(1).max(1_000_000).default(20),
  perEndpoint: z.int().min(1).max(1_000_000).default(500),
  perMerchant: z.int().min(1).max(1_000_000).default(2_000),
});

const Session = z.strictObject({
  depositUnits: z
    .int()
    .min(1)
    .max(100_000)
    .default(20)
    .meta({ description: "How many units a deposit is for." }),
  maxDeposit: z
    .string()
    .regex(/^[1-9]\d{0,11}$/, "Write whole satoshis, such as 10000.")
    .default("10000")
    .meta({
      title: "Largest deposit",
      description: "Satoshis. Keep it small: nodes on the way see the secret.",
    }),
  idleTimeoutSeconds: z.int().min(10).max(86_400).default(300),
  topUpWaitSeconds: z.int().min(1).max(600).default(60),
});

const shared = {
  network: z
    .enum(networks)
    .optional()
    .meta({ description: "Usual: mainnet in live mode, regtest in test mode." }),
  rates: z
    .record(
      z.string().regex(/^[A-Z]{3,5}$/, "Write a currency code such as USD."),
      z.string().regex(decimal, 'Write a plain decimal such as "64000".'),
    )
    .default({})
    .meta({ description: 'What one BTC costs in a list currency: {"USD":"64000"}.' }),
  invoiceExpirySeconds: z.int().min(5).max(3_600).default(300),
  caps: Caps.prefault({}).meta({
    title: "Open invoices at most",
    description: "Unpaid, unexpired invoices; beyond one of these the Lightning offer is left out.",
  }),
  session: Session.prefault({}).meta({ title: "Sessions" }),
  maxRefundFeePercent: z
    .number()
    .min(0)
    .max(10)
    .default(1)
    .meta({ description: "Routing fee of a refund; 10 sat are always allowed." }),
};

const certificate = z
  .string()
  .regex(/^\s*-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/, "Paste a PEM certificate.")
  .max(20_000)
  .optional()
  .meta({
    title: "TLS certificate",
    description: "PEM: the one certificate to trust, instead of the public ones.",
  });

/** One kind of node or wallet per variant; each with as little power as the rail needs (docs/lightning.md). */
export const LightningSettings = z.discriminatedUnion("backend", [
  z.strictObject({
    backend: z.literal("lnd"),
    url: address("LND's REST listener, such as https://lnd.example:8080."),
    macaroon: secret(z.string().regex(/^(?:[0-9a-fA-F]{2}){16,4096}$/, "Write the macaroon in hex."), {
      title: "Macaroon",
      description: "Hex.",
    }),
    tlsCertificate: certificate,
    ...shared,
  }),
  z.strictObject({
    backend: z.literal("cln"),
    url: address("The address of clnrest, such as https://cln.example:3010."),
    rune: secret(z.string().regex(/^[\x21-\x7e]{8,4096}$/, "Write the rune."), {
      title: "Rune",
      description: "As lightning-cli createrune prints it.",
    }),
    tlsCertificate: certificate,
    ...shared,
  }),
  z.strictObject({
    backend: z.literal("lnbits"),
    url: address("The address of the LNbits server."),
    invoiceKey: secret(z.string().regex(/^[\x21-\x7e]{8,200}$/, "Write the key."), {
      title: "Invoice key",
      description: "Draws invoices and reads them.",
    }),
    adminKey: secret(z.string().regex(/^[\x21-\x7e]{8,200}$/, "Write the key."), {
      title: "Admin key",
      description: "Pays. Without it there are no refunds and no sessions.",
    }).optional(),
    ...shared,
  }),
  z.strictObject({
    backend: z.literal("phoenixd"),
    url: address("The address of phoenixd's HTTP API."),
    password: secret(z.string().regex(/^[\x20-\x7e]{8,200}$/, "Write the password."), {
      title: "Password",
      description: "http-password of phoenix.conf.",
    }),
    ...shared,
  }),
  z.strictObject({
    backend: z.literal("nwc"),
    connection: secret(
      z.string().regex(/^nostr\+walletconnect:\/\/[0-9a-f]{64}\?\S{1,2000}$/, "Paste the connection string."),
      { title: "Connection", description: "nostr+walletconnect://…" },
    ),
    ...shared,
  }),
]);

export type LightningSettings = z.infer<typeof LightningSettings>;

/** Live money moves on mainnet only, test money never there. */
export function faultsOf(
  { network }: LightningSettings,
  mode: "test" | "live",
): { path: string[]; message: string }[] {
  if (network === undefined || (network === "mainnet") === (mode === "live")) return [];
  const message =
    mode === "live"
      ? "Live mode takes mainnet only."
      : "Test mode never takes mainnet: choose signet or regtest.";
  return [{ path: ["network"], message }];
}
