import { z } from "zod";
import { type Challenge, readRequest } from "@/lib/protocol";
import { payerWallet } from "@/lib/runtime";
import { CommandFault } from "./command";

const LightningRequest = z.object({
  amount: z.string().regex(/^[1-9]\d{0,15}$/),
  currency: z.literal("sat"),
  methodDetails: z.object({ invoice: z.string(), network: z.string().optional() }),
});

export const isLightning = ({ method, intent }: Challenge): boolean =>
  method === "lightning" && intent === "charge";

/** What a challenge of a Lightning rail asks for. */
export const lightningTerms = (challenge: Challenge) => LightningRequest.parse(readRequest(challenge));

/** The wallet of the environment, or the sentence that says which variables name one. */
function lightningWallet() {
  const wallet = payerWallet();
  if (wallet) return wallet;
  throw new CommandFault(
    "To pay Lightning, set FAREBOX_PAY_NWC, or FAREBOX_PAY_LNBITS_URL and FAREBOX_PAY_LNBITS_KEY.",
  );
}

/** Pays the challenge's invoice; answers its preimage. */
export async function payWithLightning(challenge: Challenge, maxSats: bigint): Promise<string> {
  const { amount, methodDetails } = lightningTerms(challenge);
  if (BigInt(amount) > maxSats) {
    throw new CommandFault(`${amount} sat is above the limit of ${maxSats} sat; raise it with --max-sats.`);
  }
  const paid = await lightningWallet().pay(methodDetails.invoice, BigInt(amount) * 1_000n);
  if (paid.outcome === "paid") return paid.preimage;
  throw new CommandFault(`${paid.outcome === "unknown" ? "Perhaps paid" : "Not paid"}: ${paid.reason}`);
}
