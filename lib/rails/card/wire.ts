import { z } from "zod";
import { isSealedTo } from "./jwe";

/** What a challenge asks for (*draft-card-charge-00*). The key stands in it, so that the challenge's id binds it. */
export const CardOffer = z.object({
  amount: z.string().regex(/^[1-9]\d{0,19}$/),
  currency: z.string().regex(/^[a-z]{3}$/),
  methodDetails: z.object({
    acceptedNetworks: z.array(z.string()).min(1),
    merchantName: z.string().min(1),
    encryptionJwk: z.object({
      kty: z.literal("RSA"),
      n: z.string(),
      e: z.string(),
      alg: z.literal("RSA-OAEP-256"),
      use: z.literal("enc"),
      kid: z.string(),
    }),
    billingRequired: z.boolean(),
  }),
});
export type CardOffer = z.infer<typeof CardOffer>;

const line = z.string().max(200);

/** What a payer answers with. The token is opaque here; the rest is what an acquirer is told beside it. */
export const CardProof = z.object({
  encryptedPayload: z.string().min(1),
  network: z.string().min(1).max(25),
  panLastFour: z.string().regex(/^\d{4}$/),
  panExpirationMonth: z.string().regex(/^(?:0[1-9]|1[0-2])$/),
  panExpirationYear: z.string().regex(/^\d{4}$/),
  billingAddress: z
    .object({ line1: line, line2: line, city: line, state: line, zip: line, countryCode: line })
    .partial()
    .optional(),
  cardholderFullName: line.optional(),
  paymentAccountReference: line.optional(),
});
export type CardProof = z.infer<typeof CardProof>;

/** A card is good until its month has ended everywhere we can speak for: in UTC. */
const hasEnded = ({ panExpirationYear, panExpirationMonth }: CardProof, until: Date): boolean =>
  until.getTime() >= Date.UTC(Number(panExpirationYear), Number(panExpirationMonth), 1);

/** Which row of the problem table refuses a proof before anybody is asked about it; `null` when none does. */
export function faultOf(proof: CardProof, { methodDetails }: CardOffer, until: Date): string | null {
  const { acceptedNetworks, billingRequired, encryptionJwk } = methodDetails;
  const hasBilling = Object.keys(proof.billingAddress ?? {}).length > 0;
  const isFit =
    acceptedNetworks.includes(proof.network) && !hasEnded(proof, until) && (hasBilling || !billingRequired);
  if (!isFit) return "invalid-payload";
  return isSealedTo(proof.encryptedPayload, encryptionJwk) ? null : "malformed-credential";
}
