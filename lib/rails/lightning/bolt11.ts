import { decode } from "light-bolt11-decoder";

export const networks = ["mainnet", "signet", "regtest"] as const;
export type Network = (typeof networks)[number];

/** What an invoice says. Amounts are msat; `null` lets the payer choose. Times are milliseconds. */
export type Bolt11 = Readonly<{
  text: string;
  network: Network | "other";
  paymentHash: string;
  msat: bigint | null;
  description: string;
  expiresAt: number;
}>;

const prefixes: Record<string, Network> = { bc: "mainnet", tbs: "signet", bcrt: "regtest" };
const usualExpirySeconds = 3_600;
const lengthMax = 4_096;

/** Reads a BOLT11 invoice, whose checksum must fit; `null` when it is none. */
export function readBolt11(given: string): Bolt11 | null {
  const text = given.trim();
  if (text.length > lengthMax || !/^ln[a-z0-9]+$/i.test(text)) return null;
  try {
    const { sections } = decode(text);
    const value = (name: string): unknown =>
      sections
        .map((section) => section as { name: string; value?: unknown })
        .find((each) => each.name === name)?.value;
    const paymentHash = value("payment_hash");
    const timestamp = value("timestamp");
    if (typeof paymentHash !== "string" || !/^[0-9a-f]{64}$/.test(paymentHash)) return null;
    if (typeof timestamp !== "number") return null;
    const expiry = value("expiry");
    const amount = value("amount");
    const description = value("description");
    const coin = value("coin_network") as { bech32?: string } | undefined;
    return {
      text: text.toLowerCase(),
      network: prefixes[coin?.bech32 ?? ""] ?? "other",
      paymentHash,
      msat: typeof amount === "string" && amount !== "0" ? BigInt(amount) : null,
      description: typeof description === "string" ? description : "",
      expiresAt: (timestamp + (typeof expiry === "number" ? expiry : usualExpirySeconds)) * 1_000,
    };
  } catch {
    return null;
  }
}
