import { createHmac } from "node:crypto";

/** What pays a challenge at the `mppx` server of the bench: an HMAC, so that it is judged without asking anybody. */
export const tokenFor = (challengeId: string): string =>
  createHmac("sha256", "the pretend network of the bench").update(challengeId).digest("hex");
