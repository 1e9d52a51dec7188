import type { Connector } from "@/lib/catalog";
import type { Database } from "@/lib/db";
import type { Seal } from "@/lib/kit";
import type { ShopDeps } from "../deps";
import { VtexRefusal } from "./reply";

/** What this face needs of the house. */
export type VtexDeps = ShopDeps &
  Readonly<{
    database: Pick<Database, "client" | "transaction">;
    seal: Seal;
    /** Puts on the audit what nobody should do. */
    audit(entry: Readonly<{ merchantId: string; act: string; object: string }>): Promise<void>;
    /** How long an answer waits for a rail; VTEX gives up at 5 s. */
    patienceMs?: number;
  }>;

/** One call that has been let in. */
export type Call = Readonly<{
  connector: Connector;
  isSuite: boolean;
  requestId: string;
  /** How much longer this call waits for a rail. */
  leftMs(): number;
}>;

const patienceUsualMs = 4_000;

/** A clock of its own for one call: what is left of the time that the gateway waits. */
export function patience({ patienceMs = patienceUsualMs }: VtexDeps): () => number {
  const ends = performance.now() + patienceMs;
  return () => Math.max(0, ends - performance.now());
}

/** Ends the wait for work that goes on by itself. */
export async function inTime<T>(leftMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const refusal = new VtexRefusal(
      500,
      "not_known_yet",
      "It is not known yet what became of it. Ask again.",
    );
    timer = setTimeout(() => reject(refusal), leftMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
