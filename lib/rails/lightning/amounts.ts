import { createHash } from "node:crypto";
import { Money } from "@/lib/money";

/** Satoshis kept to the thousandth: the ledger is exact in msat, the wire says whole satoshis. */
export const sat = { code: "SAT", exponent: 3 } as const;
export const msatPerSat = 1_000n;

export const msats = (units: bigint): Money => Money.of(units, sat);
export const satsOf = ({ units }: Money): string => (units / msatPerSat).toString();

/** Whole satoshis, and more than none. */
export const isPayable = ({ units, currency }: Money): boolean =>
  units > 0n && units % msatPerSat === 0n && currency.code === sat.code && currency.exponent === sat.exponent;

/** What a preimage of 64 hex digits is the proof of. */
export const hashOf = (preimage: string): string =>
  createHash("sha256").update(Buffer.from(preimage, "hex")).digest("hex");
