import { randomBytes } from "node:crypto";
import { honest, type Knobs } from "./knobs";
import type { Balance, Dispute, Intent, LogLine, Refund, Taken, Token } from "./objects";

export const livesInTest = false;

/** Everything one pretend account holds, and its append-only log. */
export class Book {
  readonly tokens = new Map<string, Token>();
  readonly intents = new Map<string, Intent>();
  readonly charges = new Map<string, Taken>();
  readonly refunds = new Map<string, Refund>();
  readonly disputes = new Map<string, Dispute>();
  readonly balances = new Map<string, Balance>();
  /** The connected account that a PaymentIntent is in, when it is not our own. */
  readonly accounts = new Map<string, string>();
  readonly knobs: Knobs = honest();
  readonly account = "acct_double0000000001";
  readonly now: () => Date;
  readonly #log: LogLine[] = [];
  /** What has happened to an object, for whoever sends events. */
  #heard: (type: string, object: object) => void = () => undefined;

  constructor(now: () => Date) {
    this.now = now;
  }

  get log(): readonly LogLine[] {
    return this.#log;
  }

  write(line: LogLine): void {
    this.#log.push(Object.freeze({ ...line }));
  }

  onEvent(heard: (type: string, object: object) => void): void {
    this.#heard = heard;
  }

  tell(type: string, object: object): void {
    this.#heard(type, structuredClone(object));
  }

  seconds(): number {
    return Math.floor(this.now().getTime() / 1000);
  }

  /** Stripe's fee on a card payment: 2.9 % and 30. */
  book(type: Balance["type"], amount: number, currency: string, fee = 0): Balance {
    const balance: Balance = {
      ...{ id: newId("txn"), object: "balance_transaction", amount, currency, fee, net: amount - fee, type },
    };
    this.balances.set(balance.id, balance);
    return balance;
  }
}

export const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString("hex")}`;
export const feeOf = (amount: number): number => Math.round(amount * 0.029) + 30;
export const disputeFee = 1_500;
