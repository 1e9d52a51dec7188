import { createPublicKey, randomInt } from "node:crypto";
import { CompactEncrypt } from "jose";

/* A DOUBLE of a network's token service: its tokens stand for no card. */

export type Opened = {
  token: { paymentToken: string; tokenExpirationMonth: string; tokenExpirationYear: string; eci: string };
  dynamicData: { dynamicDataValue: string; dynamicDataType: string; dynamicDataExpiration: string };
};

type Jwk = Readonly<{ kty: string; n: string; e: string; kid: string }>;
type Wanted = Readonly<{ amount: string; methodDetails: Readonly<{ encryptionJwk: Jwk }> }>;
type Known = { amount: string; network: string; says: string | null; isSpent: boolean };

const number = (digits: number) => Array.from({ length: digits }, () => randomInt(10)).join("");

/** Encrypts to a key as a payer's wallet does. `header` replaces members of the protected header. */
export async function sealTo(
  jwk: Jwk,
  content: object,
  header: Record<string, unknown> = {},
): Promise<string> {
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
  return await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM", kid: jwk.kid, ...header })
    .encrypt(key);
}

/** A cryptogram is good for one amount on one network, once. */
export class TokenService {
  readonly #known = new Map<string, Known>();

  /** `says` is the decline code of the card behind the token. */
  issue({
    amount,
    network = "visa",
    says = null,
  }: {
    amount: string;
    network?: string;
    says?: string | null;
  }): Opened {
    const dynamicDataValue = `crypto${number(22)}==`;
    this.#known.set(dynamicDataValue, { amount, network, says, isSpent: false });
    return {
      token: {
        paymentToken: `4${number(15)}`,
        tokenExpirationMonth: "12",
        tokenExpirationYear: "2031",
        eci: "05",
      },
      dynamicData: {
        dynamicDataValue,
        dynamicDataType: "CARD_APPLICATION_CRYPTOGRAM_SHORT_FORM",
        dynamicDataExpiration: "1924992000",
      },
    };
  }

  /** Uses a cryptogram up; a text says why not. */
  spend(opened: Opened | null, { amount, network }: { amount: string; network: string }): string | null {
    const known = opened && this.#known.get(opened.dynamicData.dynamicDataValue);
    if (!known) return "unknown_token";
    if (known.isSpent || known.amount !== amount || known.network !== network) return "invalid_cryptogram";
    if (known.says !== null) return known.says;
    known.isSpent = true;
    return null;
  }

  /** The payload of a credential that pays a challenge. */
  async pay(
    { amount, methodDetails: { encryptionJwk } }: Wanted,
    facts: { network?: string; says?: string } = {},
  ) {
    const { network = "visa" } = facts;
    return {
      encryptedPayload: await sealTo(encryptionJwk, this.issue({ ...facts, amount })),
      network,
      panLastFour: "4242",
      panExpirationMonth: "12",
      panExpirationYear: "2031",
    };
  }
}
