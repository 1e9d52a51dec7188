import { z } from "zod";
import { type Challenge, readRequest } from "@/lib/protocol";
import { CommandFault } from "./command";

const DemoRequest = z.object({
  amount: z.string(),
  currency: z.string(),
  recipient: z.string(),
  methodDetails: z.object({ wallet: z.url() }),
});

export type DemoTerms = z.infer<typeof DemoRequest>;

/** What a challenge of the demo rail asks for. */
export const demoTerms = (challenge: Challenge): DemoTerms => DemoRequest.parse(readRequest(challenge));

export const isDemo = ({ method, intent }: Challenge): boolean => method === "demo" && intent === "charge";

type How = Readonly<{ payer?: string | undefined; behaviour?: "decline" }>;

/** Pays a challenge at the pretend network; answers the token that a credential carries. */
export async function payAtWallet(challenge: Challenge, { payer, behaviour }: How = {}): Promise<string> {
  const { amount, currency, recipient, methodDetails } = demoTerms(challenge);
  const answer = await fetch(`${methodDetails.wallet}/payments`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      challengeId: challenge.id,
      amount,
      currency,
      recipient,
      ...(payer ? { payer } : {}),
      ...(behaviour ? { behaviour } : {}),
    }),
  });
  if (answer.status !== 201) {
    throw new CommandFault(`The demo wallet answered ${answer.status}: ${await answer.text()}`);
  }
  return z.object({ token: z.string() }).parse(await answer.json()).token;
}
