import type { Store } from "@/lib/db";
import type { Mode } from "../deps";

/** `received` until it was worked on; `unmatched`: nothing of ours is known under what it names. */
export type NoticeState = "received" | "done" | "ignored" | "unmatched";
const states: readonly NoticeState[] = ["received", "done", "ignored", "unmatched"];

/** A callback of a payment network, as it is kept: what it is about, not what it says. */
export type Notice = Readonly<{
  id: string;
  merchantId: string;
  mode: Mode;
  rail: string;
  /** The network's own id of the event. */
  event: string;
  type: string;
  reference: string | null;
  state: NoticeState;
  chargeId: string | null;
  attempts: number;
  /** Why it could not be worked on yet; `null` once it was. */
  fault: string | null;
  receivedAt: Date;
  workedAt: Date | null;
}>;

export type NoticeRow = NonNullable<Awaited<ReturnType<Store["notice"]["findUnique"]>>>;

export const noticeOf = ({ railSlug, eventId, mode, state, ...row }: NoticeRow): Notice => ({
  ...row,
  mode: mode === "live" ? "live" : "test",
  rail: railSlug,
  event: eventId,
  state: states.find((known) => known === state) ?? "received",
});
