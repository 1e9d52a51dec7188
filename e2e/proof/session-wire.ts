import { setTimeout as pause } from "node:timers/promises";
import { request } from "undici";
import { type Challenge, formatCredential, parseChallenges, readRequest } from "@/lib/protocol";
import type { Gateway } from "./gateways";
import { agent } from "./payer";

/** One paid answer as its payer heard it. */
export type Heard = {
  status: number;
  /** The problem's type, of an answer that is none. */
  problem: string;
  /** Of the request at the upstream, which is also the name of what was charged; empty while nothing has come. */
  key: string;
  /** Units that arrived. */
  units: number;
  /** What the closing receipt says; -1 without one. */
  told: number;
  /** Did its last byte come? */
  isWhole: boolean;
  /** What cannot be: an event that is missing, came twice or belongs to another answer. */
  fault: string | null;
  body: Record<string, unknown>;
};

type Asked = Readonly<{
  path: string;
  credential?: string;
  /** Called when a stream waits for money. */
  onNeed?: () => Promise<void>;
}>;

export type SessionOffer = Readonly<{ challenge: Challenge; invoice: string; paymentHash: string }>;

const json = (text: string): Record<string, unknown> => {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
};

async function hearEvent(heard: Heard, text: string, { onNeed }: Asked): Promise<void> {
  const event = /^event: (.*)$/m.exec(text)?.[1] ?? "message";
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? "";
  if (event === "payment-need-topup") await onNeed?.();
  if (event === "payment-receipt") heard.told = Number(json(data).units);
  if (data === "[DONE]") heard.isWhole = true;
  if (event !== "message" || data === "[DONE]") return;
  const { key, n } = json(data);
  if (n !== heard.units || (heard.key !== "" && heard.key !== key))
    heard.fault = `event ${n} of ${String(key)} after ${heard.units} of ${heard.key}`;
  heard.key = String(key);
  heard.units += 1;
}

/** One request to one gateway, heard for as long as its process lives. */
export async function hear(gateway: Gateway, asked: Asked): Promise<Heard> {
  const none = { status: 0, problem: "", key: "", units: 0, told: -1, isWhole: false, fault: null };
  const heard: Heard = { ...none, body: {} };
  try {
    const answer = await request(`http://127.0.0.1:${gateway.port}/pay/meter/api${asked.path}`, {
      dispatcher: agent,
      headers: { host: "farebox.test", ...(asked.credential ? { authorization: asked.credential } : {}) },
      bodyTimeout: 120_000,
    });
    heard.status = answer.statusCode;
    if (!/^text\/event-stream/.test(String(answer.headers["content-type"]))) {
      heard.body = json(await answer.body.text());
      heard.problem = String(heard.body.type ?? "").replace(/^.*\/problems\//, "");
      heard.key = String(heard.body.key ?? "");
      heard.units = heard.key === "" ? 0 : 1;
      heard.isWhole = true;
      return heard;
    }
    let rest = "";
    for await (const chunk of answer.body.setEncoding("utf8")) {
      const events = `${rest}${chunk}`.split("\n\n");
      rest = events.pop() ?? "";
      for (const text of events) await hearEvent(heard, text, asked);
    }
  } catch {
    heard.isWhole = false; // its process went away
  }
  return heard;
}

/** Asks without paying until there is an offer. */
export async function offerAt(someGateway: () => Promise<Gateway>, path: string): Promise<SessionOffer> {
  for (;;) {
    const { port } = await someGateway();
    const answer = await request(`http://127.0.0.1:${port}/pay/meter/api${path}`, {
      dispatcher: agent,
      headers: { host: "farebox.test" },
    }).catch(() => null);
    await answer?.body.dump().catch(() => undefined);
    const [challenge] = parseChallenges(String(answer?.headers["www-authenticate"] ?? ""));
    if (challenge) {
      const { depositInvoice, paymentHash } = readRequest(challenge) ?? {};
      return { challenge, invoice: String(depositInvoice), paymentHash: String(paymentHash) };
    }
    await pause(100);
  }
}

export const credentialOf = ({ challenge }: SessionOffer, payload: Record<string, unknown>): string =>
  formatCredential({ challenge, payload });
