import type { KeyObject } from "node:crypto";
import { compactDecrypt } from "jose";
import { z } from "zod";
import { modulusOf, readPrivateKey } from "./settings";

const text = z.string().min(1).max(200);

const Opened = z.object({
  token: z.object({
    paymentToken: z.string().regex(/^\d{12,19}$/),
    tokenExpirationMonth: text,
    tokenExpirationYear: text,
    eci: text.optional(),
  }),
  dynamicData: z.object({
    dynamicDataValue: text,
    dynamicDataType: text.optional(),
    dynamicDataExpiration: z.union([text, z.number()]).optional(),
  }),
});
export type OpenedToken = z.infer<typeof Opened>;

type Keys = Readonly<{ privateKey: string; previousPrivateKey?: string | undefined }>;

/**
 * Opens tokens here, for merchants who let us. Whatever is wrong with one is the same `null`, and jose decrypts with a
 * made-up key when the right one does not come out, so that neither words nor time tell a stranger anything.
 */
export function createOpener({ privateKey, previousPrivateKey }: Keys) {
  const keys = new Map<string, KeyObject>();
  for (const pem of [privateKey, previousPrivateKey]) {
    const key = pem === undefined ? null : readPrivateKey(pem);
    if (key) keys.set(modulusOf(key), key);
  }
  /** `modulus` is that of the key in the challenge. */
  return async (jwe: string, modulus: string): Promise<OpenedToken | null> => {
    const key = keys.get(modulus);
    if (!key) return null;
    try {
      const { plaintext } = await compactDecrypt(jwe, key, {
        keyManagementAlgorithms: ["RSA-OAEP-256"],
        contentEncryptionAlgorithms: ["A256GCM"],
      });
      return Opened.parse(JSON.parse(Buffer.from(plaintext).toString("utf8")));
    } catch {
      return null;
    }
  };
}
