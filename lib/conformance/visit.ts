import { type Clock, newToken } from "@/lib/kit";
import { type Challenge, formatCredential } from "@/lib/protocol";
import type { Answer, Client } from "./exchange";

type Proof = Readonly<{ payload: Readonly<Record<string, unknown>>; source?: string }>;

/** Somebody who can pay for what is sold. */
export type Payer = Readonly<{
  canPay(challenge: Challenge): boolean;
  /** Pays; with `isDeclined` the network will refuse the money. */
  pay(challenge: Challenge, how?: { isDeclined: boolean }): Promise<Proof>;
}>;

/** The request that is sold: the checks repeat it, change it and pay for it. */
export type SoldRequest = Readonly<{
  url: string;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
}>;

type Extra = Readonly<{ method?: string; query?: string; headers?: Readonly<Record<string, string>> }>;

export type Visit = Readonly<{
  sold: SoldRequest;
  payer: Payer;
  clock: Clock;
  /** Makes the keys of this visit its own. */
  nonce: string;
  /** Sends the sold request, changed as told. */
  ask(extra?: Extra): Promise<Answer>;
  /** The same with a credential, in the field that its challenge names. */
  present(challenge: Challenge, proof: Proof, extra?: Extra): Promise<Answer>;
  /** A fresh challenge that can be paid here; throws when there is none. */
  challenge(): Promise<Challenge>;
}>;

/** The field a challenge takes its credential in. */
export const fieldOf = ({ header }: Challenge): string => header ?? "Authorization";

const bodiless = ["GET", "HEAD", "OPTIONS"];

type Going = Pick<Visit, "sold" | "payer" | "clock"> & Readonly<{ client: Client }>;

export function visitOf({ sold, payer, clock, client }: Going): Visit {
  const ask = ({ method = sold.method, query = "", headers = {} }: Extra = {}): Promise<Answer> => {
    const mark = sold.url.includes("?") ? "&" : "?";
    return client({
      url: query === "" ? sold.url : `${sold.url}${mark}${query}`,
      method,
      headers: { ...sold.headers, ...headers },
      body: bodiless.includes(method) ? null : sold.body,
    });
  };
  return {
    sold,
    payer,
    clock,
    nonce: newToken(6),
    ask,
    present(challenge, { payload, source }, extra = {}) {
      const credential = formatCredential({ challenge, payload, ...(source ? { source } : {}) });
      return ask({ ...extra, headers: { ...extra.headers, [fieldOf(challenge)]: credential } });
    },
    async challenge() {
      const { status, challenges } = await ask();
      const found = challenges.find(payer.canPay);
      if (!found) throw new Error(`A ${status} without a challenge that can be paid here.`);
      return found;
    },
  };
}
