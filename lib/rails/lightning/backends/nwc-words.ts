import * as nip04 from "nostr-tools/nip04";
import * as nip44 from "nostr-tools/nip44";
import { finalizeEvent, getPublicKey, verifyEvent } from "nostr-tools/pure";
import { z } from "zod";

/** What `nostr+walletconnect://<wallet>?relay=…&secret=…` holds. */
export type Connection = Readonly<{
  wallet: string;
  relays: readonly string[];
  secret: Uint8Array;
  own: string;
}>;

/** Reads a connection string; `null` when a part is missing or malformed. */
export function readConnection(text: string): Connection | null {
  const match = /^nostr\+walletconnect:\/\/([0-9a-f]{64})\?(\S+)$/.exec(text);
  const query = new URLSearchParams(match?.[2] ?? "");
  const [relays, secret] = [query.getAll("relay"), query.get("secret")];
  if (!match?.[1] || relays.length === 0 || relays.length > 10) return null;
  if (!secret || !/^[0-9a-f]{64}$/.test(secret)) return null;
  const bytes = Uint8Array.from(Buffer.from(secret, "hex"));
  try {
    return { wallet: match[1], relays, secret: bytes, own: getPublicKey(bytes) };
  } catch {
    return null; // not a key of the curve
  }
}

const NostrEvent = z.object({
  id: z.string(),
  pubkey: z.string(),
  created_at: z.int(),
  kind: z.int(),
  tags: z.array(z.array(z.string())),
  content: z.string(),
  sig: z.string(),
});
export type NostrEvent = z.infer<typeof NostrEvent>;

const Said = z.union([
  z.tuple([z.literal("EVENT"), z.string(), NostrEvent]),
  z.tuple([z.literal("OK"), z.string(), z.boolean()]).rest(z.unknown()),
  z.tuple([z.literal("CLOSED"), z.string()]).rest(z.unknown()),
  z.tuple([z.literal("EOSE"), z.string()]).rest(z.unknown()),
]);

/** What a relay says, or `null` for what does not matter here. */
export function readRelay(text: string): z.infer<typeof Said> | null {
  try {
    return Said.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

export type Cipher = "nip44_v2" | "nip04";

/** Seals and opens what goes between us and the wallet. The older cipher is for wallets that know no other. */
export function createCipher({ secret, wallet }: Connection, cipher: Cipher) {
  const key = nip44.getConversationKey(secret, wallet);
  return {
    seal: (text: string): string =>
      cipher === "nip44_v2" ? nip44.encrypt(text, key) : nip04.encrypt(secret, wallet, text),
    open: (text: string): string =>
      cipher === "nip44_v2" ? nip44.decrypt(text, key) : nip04.decrypt(secret, wallet, text),
  };
}

/** A signed request to the wallet (NIP-47, kind 23194). */
export const requestEvent = (
  { secret, wallet }: Connection,
  { content, cipher, at, expiresAt }: { content: string; cipher: Cipher; at: number; expiresAt: number },
): NostrEvent =>
  finalizeEvent(
    {
      kind: 23_194,
      created_at: at,
      content,
      tags: [
        ["p", wallet],
        ["expiration", String(expiresAt)],
        ...(cipher === "nip44_v2" ? [["encryption", "nip44_v2"]] : []),
      ],
    },
    secret,
  );

/** Is this the wallet's own word? Relays may forge everything but a signature. */
export const isOf = (event: NostrEvent, author: string, kind: number): boolean =>
  event.kind === kind && event.pubkey === author && verifyEvent({ ...event });
