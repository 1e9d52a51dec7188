import type { Network } from "./ldk-parts";
import { type Incoming, LightningNode, type Outgoing } from "./node";

export type Act = "info" | "create" | "lookup" | "pay" | "sent";
export type Fault = "hang" | "unauthorized" | "server-error" | "error-after" | "reset-before" | "reset-after";

/** How a façade misbehaves. Everything is honest unless it is turned. */
export type Knobs = {
  fault: Fault | null;
  /** Which acts the fault and the delay hit. */
  hits: readonly Act[];
  delayMs: number;
  /** What is said of invoices that are paid: settle late, held and not settled, or gone. */
  paidLooks: "settled" | "accepted" | "open" | "expired";
  /** What is drawn instead of what was asked for. */
  draws: "asked" | "less" | "more" | "other-network" | "other-description";
  /** What the credential does not allow. */
  denied: readonly Act[];
};

export const everyAct: readonly Act[] = ["info", "create", "lookup", "pay", "sent"];
export const honest = (): Knobs => ({
  fault: null,
  hits: everyAct,
  delayMs: 0,
  paidLooks: "settled",
  draws: "asked",
  denied: [],
});

export type Heard = Readonly<{
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: string;
}>;
export type Reply = Readonly<{ status: number; json?: unknown; lines?: readonly unknown[]; text?: string }>;
export type Route = Readonly<{
  act: Act;
  method: string;
  path: RegExp;
  run(heard: Heard, id: string): Reply | Promise<Reply>;
}>;

/** One node software's own way to say it all. */
export type Dialect = Readonly<{
  routes: readonly Route[];
  isAllowed(headers: Headers): boolean;
  unauthorized: Reply;
  broken: Reply;
  settings(url: string): Record<string, unknown>;
  /** Texts that nobody but the node and its owner may ever see. */
  secrets: readonly string[];
}>;

const foreign = new Map<Network, Promise<LightningNode>>();
function nodeOn(network: Network): Promise<LightningNode> {
  const node = foreign.get(network) ?? LightningNode.start(network);
  foreign.set(network, node);
  return node;
}

export type Shown = Omit<Incoming, "state"> & { state: "open" | "accepted" | "settled" | "expired" };

/** The node as its owner's software shows it, with the knobs applied. */
export class Desk {
  readonly drawn: string[] = [];
  /** Payment hashes that this façade has called settled, in order. */
  readonly confirmed: string[] = [];
  readonly paid: string[] = [];

  constructor(
    readonly node: LightningNode,
    readonly knobs: Knobs,
  ) {}

  async draw(ask: { msat: bigint; description: string; expirySeconds: number }): Promise<Incoming> {
    const { draws } = this.knobs;
    const step = draws === "less" ? -1_000n : draws === "more" ? 1_000n : 0n;
    const node = draws === "other-network" ? await nodeOn("signet") : this.node;
    const description = draws === "other-description" ? "Something else" : ask.description;
    const { paymentHash } = node.invoice({ ...ask, description, msat: ask.msat + step });
    const invoice = node.incoming.get(paymentHash);
    if (!invoice) throw new Error("The invoice was lost.");
    this.drawn.push(paymentHash);
    return invoice;
  }

  /** What the node says of an invoice of its own; `null` when it has none of this hash. */
  incoming(paymentHash: string): Shown | null {
    const found = this.node.incoming.get(paymentHash);
    if (!found) return null;
    const isOver = found.state === "open" && found.expiresAt * 1_000 < Date.now();
    const state = isOver ? "expired" : found.state === "settled" ? this.knobs.paidLooks : found.state;
    if (state === "settled" && !this.confirmed.includes(paymentHash)) this.confirmed.push(paymentHash);
    return { ...found, state };
  }

  outgoing(paymentHash: string): Outgoing | null {
    return this.node.outgoing.get(paymentHash) ?? null;
  }

  async pay(bolt11: string, ask: { msat?: bigint; feeLimitMsat?: bigint }): Promise<Outgoing> {
    const outgoing = await this.node.pay(bolt11, ask);
    if (outgoing.state === "succeeded") this.paid.push(outgoing.paymentHash);
    return outgoing;
  }
}

export const json = (body: string): Record<string, unknown> => {
  try {
    const read: unknown = JSON.parse(body || "{}");
    return typeof read === "object" && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

export const text = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";
export const optional = (value: unknown): bigint | undefined =>
  text(value) === "" || text(value) === "0" ? undefined : BigInt(text(value));
