import type { Access, Actor, Who } from "@/lib/access";
import type { Log } from "@/lib/kit";

export type MerchantFacts = Readonly<{
  id: string;
  slug: string;
  name: string;
  currency: string;
  timeZone: string;
  isDemo: boolean;
}>;

type Found = Readonly<{ merchant: MerchantFacts }> | null;

/** The part of the runtime that the doors themselves need; what a handler gets is the whole of it. */
export type DoorRuntime = Readonly<{
  env: Readonly<{ publicOrigin: string }>;
  /** 256 bits derived from FAREBOX_SECRET for sessions alone. */
  sessionSecret: string;
  access: Access;
  catalog: Readonly<{
    snapshot(): Promise<Readonly<{ findMerchant(slug: string): Found; findMerchantById(id: string): Found }>>;
  }>;
  log: Log;
}>;

/** What was changed, for the audit: `before` and `after` are masked before they are kept. */
type Change = Readonly<{ before?: unknown; after?: unknown }>;

/** Who asks for what, once it is established that they may. */
export type Visit<R> = Readonly<{
  runtime: R;
  requestId: string;
  who: Who;
  /** Who acts, and from where, as the audit wants it. */
  actor: Actor;
  /** Writes an audit entry about the merchant of this visit. */
  audit(act: string, object: string, change?: Change): Promise<void>;
}>;
