import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import { base64url } from "@/lib/kit";
import type { EncryptionJwk } from "./jwe";

const modulusBitsMin = 2_048;
const modulusBitsMax = 8_192;
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

const bitsOf = (bytes: Uint8Array): number =>
  BigInt(`0x${Buffer.from(bytes).toString("hex")}`).toString(2).length;

const PublicMembers = z.strictObject({
  kty: z.literal("RSA", "Publish an RSA key."),
  n: z.string().max(2_000),
  e: z.string().max(100),
  kid: z.string().regex(/^[\x21-\x7e]{1,128}$/, "Name the key: 1 to 128 characters without spaces."),
  alg: z.literal("RSA-OAEP-256", "Only RSA-OAEP-256 is used.").default("RSA-OAEP-256"),
  use: z.literal("enc", "The key is for encryption.").default("enc"),
  key_ops: z.array(z.string()).optional(),
  ext: z.boolean().optional(),
});

function modulusFault(n: string): string | null {
  const bytes = base64url.decode(n);
  const bits = bytes && bytes.byteLength > 0 ? bitsOf(bytes) : 0;
  if (n.includes("=") || bits === 0) return "The modulus is not base64url.";
  if (bits < modulusBitsMin) return `The key has ${bits} bits; ${modulusBitsMin} are the least.`;
  return bits > modulusBitsMax ? `The key has ${bits} bits; ${modulusBitsMax} are the most.` : null;
}

function isPublicKey(jwk: { kty: "RSA"; n: string; e: string }): boolean {
  const exponent = base64url.decode(jwk.e);
  if (!exponent || exponent.byteLength === 0 || bitsOf(exponent) < 2) return false;
  try {
    return createPublicKey({ key: jwk, format: "jwk" }).asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
}

/** A JWK as it is pasted: all faults at once, each at its own member, and never the value of one. */
const PublishedKey = z
  .record(z.string(), z.unknown())
  .transform((jwk, context): EncryptionJwk => {
    const complain = (member: string, message: string) =>
      context.addIssue({ code: "custom", path: [member], message, input: undefined });
    const exposed = privateMembers.filter((name) => Object.hasOwn(jwk, name));
    for (const name of exposed) complain(name, "This is the private key. Publish its public half only.");
    const publicHalf = Object.fromEntries(Object.entries(jwk).filter(([name]) => !exposed.includes(name)));
    const read = PublicMembers.safeParse(publicHalf);
    if (!read.success) {
      for (const { path, message } of read.error.issues) complain(path.map(String).join("."), message);
      return z.NEVER;
    }
    const { kty, n, e, kid, alg, use } = read.data;
    const fault = modulusFault(n);
    if (fault) complain("n", fault);
    else if (!isPublicKey({ kty, n, e })) complain("e", "This is no public exponent.");
    return { kty, n, e, alg, use, kid };
  })
  .meta({
    title: "Encryption key",
    description: "Public RSA key as a JWK with a kid: payers encrypt card tokens to it.",
  });

const pemForm = /^\s*-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END \1?PRIVATE KEY-----\s*$/;

/** The private key of a PEM text, whose line ends may be lost in a form of one line; `null` when it holds none of RSA. */
export function readPrivateKey(pem: string): KeyObject | null {
  const [, isPkcs1, body = ""] = pemForm.exec(pem) ?? [];
  try {
    const der = Buffer.from(body.replace(/\s+/g, ""), "base64");
    const key = createPrivateKey({ key: der, format: "der", type: isPkcs1 ? "pkcs1" : "pkcs8" });
    return key.asymmetricKeyType === "rsa" ? key : null;
  } catch {
    return null;
  }
}

/** The modulus names a key pair: it stands in both halves. */
export const modulusOf = (key: KeyObject): string => createPublicKey(key).export({ format: "jwk" }).n ?? "";

const PrivateKey = z
  .string()
  .max(20_000)
  .refine((pem) => readPrivateKey(pem) !== null, "Paste an RSA private key as PEM, without a passphrase.");

const Enabler = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).meta({ title: "Address", description: "What /charges is added to." }),
  key: z
    .string()
    .regex(/^[\x21-\x7e]{8,4096}$/, "Write the key.")
    .meta({ secret: true, title: "Key", description: "Sent as a bearer token, and signs each call." }),
  timeoutMs: z
    .int()
    .min(100)
    .max(15_000)
    .default(10_000)
    .meta({ title: "Time limit", description: "Milliseconds. After that the payment is looked up." }),
});

const Decrypt = z.strictObject({
  privateKey: PrivateKey.meta({
    secret: true,
    title: "Private key",
    description: "PEM, of the encryption key. Farebox then sees card tokens: this leaves PCI SAQ A.",
  }),
  previousPrivateKey: PrivateKey.meta({
    secret: true,
    title: "Previous private key",
    description: "After a change of keys, until the last challenge of the old one is over: two hours.",
  }).optional(),
});

/** `contracts/rail-settings.md`, card. */
export const CardSettings = z
  .strictObject({
    merchantName: z
      .string()
      .trim()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: "What payers see. Usual: the merchant's name." }),
    acceptedNetworks: z
      .array(z.string().regex(/^[a-z][a-z0-9_-]{0,24}$/, "Write lower case, such as visa."))
      .min(1, "Name at least one network.")
      .max(20)
      .refine((names) => new Set(names).size === names.length, "A network is named twice.")
      .default(["visa", "mastercard"]),
    encryptionJwk: PublishedKey,
    billingRequired: z
      .boolean()
      .default(false)
      .meta({ description: "Ask payers for their billing address." }),
    enabler: Enabler.meta({ title: "Enabler" }),
    decrypt: Decrypt.optional().meta({ title: "Decrypt here" }),
  })
  .superRefine(({ encryptionJwk, decrypt }, context) => {
    const key = decrypt && readPrivateKey(decrypt.privateKey);
    if (!key || modulusOf(key) === encryptionJwk.n) return;
    const message = "This is not the private half of the encryption key.";
    context.addIssue({ code: "custom", path: ["decrypt", "privateKey"], message, input: undefined });
  });

export type CardSettings = z.infer<typeof CardSettings>;
