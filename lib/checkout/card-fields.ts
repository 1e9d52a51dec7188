import type { Shown } from "./checkout";

/** What the network's own form needs, which the payer's browser gets from it and sends to it. */
export type CardFields = Readonly<{
  publishableKey: string;
  clientSecret: string;
  account: string | null;
  returnUrl: string;
}>;

const textAt = (request: Shown["request"], name: string): string | null => {
  const value = request?.[name];
  return typeof value === "string" ? value : null;
};

/** `null` for what is paid in another way. */
export function cardOf(shown: Shown | null, returnUrl: string): CardFields | null {
  if (shown?.kind !== "wallet" || shown.request?.wallet !== "stripe") return null;
  const publishableKey = textAt(shown.request, "publishableKey");
  const clientSecret = textAt(shown.request, "clientSecret");
  if (publishableKey === null || clientSecret === null) return null;
  return { publishableKey, clientSecret, account: textAt(shown.request, "account"), returnUrl };
}
