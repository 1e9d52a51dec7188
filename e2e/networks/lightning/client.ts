import { Credential, Method } from "mppx";
import { Mppx } from "mppx/client";
import { z } from "zod/mini";
import type { walletOf } from "./pair";

const charge = Method.from({
  name: "lightning",
  intent: "charge",
  schema: {
    credential: { payload: z.object({ preimage: z.string() }) },
    request: z.object({
      amount: z.string(),
      currency: z.literal("sat"),
      description: z.optional(z.string()),
      methodDetails: z.object({ invoice: z.string(), paymentHash: z.string(), network: z.string() }),
    }),
  },
});

/** The stock client, unmodified, with a Lightning method whose wallet really pays. */
export function lightningClient(wallet: ReturnType<typeof walletOf>, fetch?: typeof globalThis.fetch) {
  return Mppx.create({
    polyfill: false,
    ...(fetch ? { fetch } : {}),
    methods: [
      Method.toClient(charge, {
        async createCredential({ challenge }) {
          const preimage = await wallet.pay(challenge.request.methodDetails.invoice);
          return Credential.serialize({ challenge, payload: { preimage } });
        },
      }),
    ],
  });
}
