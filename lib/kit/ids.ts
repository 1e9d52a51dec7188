import { randomBytes, randomFillSync } from "node:crypto";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford base 32: no I, L, O or U
const pool = Buffer.alloc(10 * 256);
let used = pool.length;

/**
 * A new identifier such as `rc_01KADF…`: prefix, then 48 bits of milliseconds and 80 random bits in Crockford
 * base 32 (a ULID), so that ids sort by the time they were made.
 */
export function newId(prefix: string, at: number = Date.now()): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + 10);
  used += 10;

  let time = "";
  for (let rest = at, place = 0; place < 10; place += 1) {
    time = alphabet.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let tail = "";
  for (let start = 0; start < 10; start += 5) {
    let bits = random.readUIntBE(start, 5); // 40 bits are eight letters
    let letters = "";
    for (let place = 0; place < 8; place += 1) {
      letters = alphabet.charAt(bits % 32) + letters;
      bits = Math.floor(bits / 32);
    }
    tail += letters;
  }
  return `${prefix}_${time}${tail}`;
}

/** An unguessable token of `bytes` random bytes in base64url. */
export const newToken = (bytes = 32): string => randomBytes(bytes).toString("base64url");
