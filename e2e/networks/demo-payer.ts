import { Credential, Method } from "mppx";
import { Mppx } from "mppx/client";
import { z } from "zod/mini";

export type Behaviour = "approve" | "decline" | "unknown" | "slow" | "down";

export const demoCharge = Method.from({
  name: "demo",
  intent: "charge",
  schema: {
    credential: { payload: z.object({ token: z.string() }) },
    request: z.object({
      amount: z.string(),
      currency: z.string(),
      recipient: z.string(),
      methodDetails: z.object({ wallet: z.string() }),
    }),
  },
});

type Payer = { payer?: string; behaviour?: Behaviour };

/** Pays at the pretend network and answers its token. */
export async function payAtWallet(
  challenge: { id: string; request: z.infer<typeof demoCharge.schema.request> },
  { payer, behaviour }: Payer = {},
): Promise<string> {
  const { amount, currency, recipient, methodDetails } = challenge.request;
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
  if (answer.status !== 201)
    throw new Error(`The demo wallet answered ${answer.status}: ${await answer.text()}`);
  const { token } = z.object({ token: z.string() }).parse(await answer.json());
  return token;
}

/** The stock client, unmodified, with a method of its own for the demo rail. */
export function demoClient(payer: Payer = {}) {
  return Mppx.create({
    polyfill: false,
    methods: [
      Method.toClient(demoCharge, {
        async createCredential({ challenge }) {
          const token = await payAtWallet(challenge, payer);
          return Credential.serialize({
            challenge,
            payload: { token },
            ...(payer.payer ? { source: `demo:${payer.payer}` } : {}),
          });
        },
      }),
    ],
  });
}
