import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { commonPasswords } from "./common-passwords";
import { createTurns } from "./in-turn";

const cost = { N: 2 ** 15, r: 8, p: 1 } as const;
const hashBytes = 32;
const lengthMin = 12;
const lengthMax = 200;

// A hash takes a tenth of a second and 32 MiB, so that only a few may run or wait at once.
const inTurn = createTurns({ runningMax: 2, waitingMax: 60 });

const derive = (password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, hashBytes, { ...options, maxmem: 2 ** 27 }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await inTurn(() => derive(password, salt, cost));
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/** What is compared with when there is no such account: it costs the same and matches nothing. */
const nobody = `scrypt$${cost.N}$${cost.r}$${cost.p}$${"A".repeat(22)}$${"A".repeat(43)}`;

/** Is this the password behind the stored hash? Takes as long when there is none (`null`). */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, N, r, p, salt = "", hash = ""] = (stored ?? nobody).split("$");
  const options = { N: Number(N), r: Number(r), p: Number(p) };
  const found = await inTurn(() => derive(password, Buffer.from(salt, "base64url"), options));
  const expected = Buffer.from(hash, "base64url");
  const isEqual = expected.length === found.length && timingSafeEqual(found, expected);
  return isEqual && stored !== null;
}

const isRepetition = (text: string): boolean => new Set(text).size < 4;

/** Why this password is not taken, in words for the person who chose it; `null` when it is. */
export function passwordFault(password: string, email = ""): string | null {
  const length = [...password].length;
  if (length < lengthMin) return `Use at least ${lengthMin} characters.`;
  if (length > lengthMax) return `Use at most ${lengthMax} characters.`;
  const plain = password.toLowerCase();
  if (isRepetition(plain) || commonPasswords.has(plain)) {
    return "This password is one of the first that anybody would try. Use another one.";
  }
  if (email !== "" && plain === email.toLowerCase()) return "The password must not be the e-mail address.";
  return null;
}
