import type { Call, Kit, Refused } from "../contract";
import { BackendFault, type Received } from "./backends/backend";
import { connectBackend } from "./backends/connect";
import { type Network, readBolt11 } from "./bolt11";
import type { LightningSettings } from "./settings";

export type Invoice = Readonly<{
  bolt11: string;
  paymentHash: string;
  expiresAt: number;
  description: string;
}>;
type Wanted = Readonly<{ msat: bigint; description: string; expirySeconds: number; label: string }>;
export type Unavailable = Extract<Refused, { outcome: "unavailable" }>;

const retryAfterMs = 2_000;
const remembered = 4_096;

export const unavailable = (reason: string): Unavailable => ({
  outcome: "unavailable",
  reason,
  retryAfterMs,
});

/** What went wrong at the back-end, as a refusal of something that only reads. */
function refusalOf(error: unknown): Unavailable {
  if (error instanceof BackendFault) return unavailable(error.message);
  throw error;
}

/** The node, with what the rail itself knows about it: its network, and the invoices it drew a moment ago. */
export function openNode(settings: LightningSettings, kit: Kit) {
  const backend = connectBackend(settings, kit);
  const drawn = new Map<string, Promise<Invoice | Unavailable>>();
  const network = ({ mode }: Pick<Call, "mode">): Network =>
    settings.network ?? (mode === "live" ? "mainnet" : "regtest");

  async function create(wanted: Wanted, call: Call): Promise<Invoice | Unavailable> {
    const isTold = wanted.description.length <= backend.descriptionMax;
    const drawing = { ...wanted, description: isTold ? wanted.description : "" };
    let bolt11: string;
    try {
      ({ bolt11 } = await backend.create(drawing, call.signal));
    } catch (error) {
      if (error instanceof BackendFault && error.kind === "refused") {
        kit.log("lightning.misconfigured", { reason: error.message });
      }
      return refusalOf(error);
    }
    // A node is believed in nothing that the payer will hold against the offer.
    const read = readBolt11(bolt11);
    const fault = !read
      ? "The node's invoice cannot be read."
      : read.network !== network(call)
        ? `The node draws invoices of another network than ${network(call)}.`
        : read.msat !== wanted.msat
          ? "The node's invoice is about another amount."
          : read.description !== drawing.description && drawing.description !== "" && read.description !== ""
            ? "The node's invoice has another description."
            : null;
    if (!read || fault) {
      kit.log("lightning.misconfigured", { reason: fault ?? "" });
      return unavailable(fault ?? "");
    }
    const { text, paymentHash, expiresAt, description } = read;
    return { bolt11: text, paymentHash, expiresAt, description };
  }

  return {
    ...backend,
    network,

    /** Draws an invoice. The same label gives the same invoice, as long as this process remembers it. */
    async draw(wanted: Wanted, call: Call): Promise<Invoice | Unavailable> {
      const before = drawn.get(wanted.label);
      if (before) return await before;
      const drawing = create(wanted, call);
      drawn.set(wanted.label, drawing);
      const [oldest] = drawn.keys();
      if (drawn.size > remembered && oldest !== undefined) drawn.delete(oldest);
      const invoice = await drawing.catch((error: unknown) => {
        drawn.delete(wanted.label);
        throw error;
      });
      if ("outcome" in invoice) drawn.delete(wanted.label);
      return invoice;
    },

    /** What the node says of an invoice of ours; `unavailable` when it cannot say. */
    async ask(paymentHash: string, { signal }: Pick<Call, "signal">): Promise<Received | null | Unavailable> {
      try {
        return await backend.received(paymentHash, signal);
      } catch (error) {
        signal.throwIfAborted();
        return refusalOf(error);
      }
    },
  };
}

export type Node = ReturnType<typeof openNode>;
