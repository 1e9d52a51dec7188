/** What an answer says about time, in whole seconds (contracts/vtex.md §7). */
export type Delays = Readonly<{
  delayToAutoSettle: number;
  delayToAutoSettleAfterAntifraud: number;
  delayToCancel: number;
}>;

const week = 604_800;
const month = 2_592_000;
const settleUsual = 21_600;
const antifraudUsual = 1_800;

const clamp = (value: number, min: number, max: number): number => Math.min(Math.max(value, min), max);
const secondsUntil = (until: Date, now: Date): number =>
  Math.floor((until.getTime() - now.getTime()) / 1_000);

/** A Pix code lives from a quarter of an hour to an hour; VTEX refuses everything else. */
const cancelBounds = (method: string) => (method === "Pix" ? [900, 3_600] : [600, month]) as [number, number];

type About = Readonly<{ method: string; endsAt: Date; now: Date }>;

/** While nothing is final: VTEX cancels when the time to pay is over. */
export function delaysWaiting({ method, endsAt, now }: About): Delays {
  const [min, max] = cancelBounds(method);
  return {
    delayToAutoSettle: week,
    delayToAutoSettleAfterAntifraud: antifraudUsual,
    delayToCancel: clamp(secondsUntil(endsAt, now), min, max),
  };
}

/** Once it is final: nothing is settled or cancelled later than what is held stands. */
export function delaysFinal({
  method,
  endsAt,
  now,
}: Omit<About, "endsAt"> & { endsAt: Date | null }): Delays {
  const [min, max] = cancelBounds(method);
  const left = endsAt ? secondsUntil(endsAt, now) : settleUsual;
  const delayToAutoSettle = clamp(left, min, settleUsual);
  return {
    delayToAutoSettle,
    delayToAutoSettleAfterAntifraud: Math.min(antifraudUsual, delayToAutoSettle),
    delayToCancel: clamp(left, min, Math.min(max, settleUsual)),
  };
}

/** How long an offer is asked to live, so that our end and the gateway's agree. */
export function lifeOf(method: string, usual: number, longest: number): number {
  const [min, max] = cancelBounds(method);
  if (method === "BankInvoice") return clamp(longest, min, max);
  return clamp(usual, min, max);
}
