import type { Database } from "@/lib/db";
import type { Jobs } from "@/lib/jobs";
import type { Clock, Log, Seal } from "@/lib/kit";
import type { Ledger } from "@/lib/ledger";
import type { Currency } from "@/lib/money";
import type { AnyAbilities, AnyRail, Limits } from "@/lib/rails";
import type { Wakes } from "./channels/wakes";
import type { Hands } from "./hands";
import type { Sent } from "./sent";

export type Mode = "test" | "live";

/** A configured rail, connected to its network. */
export type ConnectedRail = Readonly<{
  slug: string;
  kind: string;
  mode: Mode;
  definition: AnyRail;
  abilities: AnyAbilities;
  /** `settings.rates`: what one whole unit of the rail costs in a list currency. */
  rates?: Readonly<Record<string, string>>;
  /** What a currency is taken in with these settings, on rails where that differs by currency. */
  limitsOf?: (currency: Currency) => Limits | null;
  merchant: Readonly<{ id: string; slug: string }>;
}>;

export type ProcessorDeps = Readonly<{
  database: Database;
  /** This process's number: rows it works on carry it as `owner`. */
  presence: Readonly<{ number: number }>;
  clock: Clock;
  ledger: Ledger;
  jobs: Pick<Jobs, "enqueue">;
  /** A merchant's rail by its slug, switched off or not; `null` when it is gone or cannot be connected. */
  rail(merchantId: string, railSlug: string): Promise<ConnectedRail | null>;
  seal: Seal;
  log: Log;
  /** Tells when another process has changed a channel; without it waiting streams look once a second. */
  listen?(
    topic: "farebox_channel",
    handlers: { onNotice: () => void; onSilence: () => void },
  ): Promise<{ close(): Promise<void> }>;
  /** Passes time, for streams that wait; tests have their own. */
  pause?(ms: number, signal: AbortSignal): Promise<unknown>;
}>;

/** The processor's own: what it was given, what this process is working on right now, and who waits in it. */
export type Inside = ProcessorDeps & Readonly<{ hands: Hands; sent: Sent; channelWakes: Wakes }>;
