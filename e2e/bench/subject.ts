import { request } from "undici";
import { formatCredential, parseChallenges } from "@/lib/protocol";

/** Somebody who is measured: where it listens, and how what it sells is asked for. */
export type Subject = Readonly<{
  /** `free` and `metered` are Farebox too: the same upstream without a price, and from prepaid sessions. */
  name: "upstream" | "bare" | "mppx" | "farebox" | "free" | "metered";
  port: number;
  pid: number;
  path: string;
  /** The proof that pays this challenge; `null` where nothing is paid. */
  pay: ((challenge: Challenge) => Promise<string>) | null;
  /** Requests that are sent again and again, each paying from a session of its own. */
  heads?: readonly string[];
}>;

export type Challenge = ReturnType<typeof parseChallenges>[number];

/** A request as it stands on the wire. */
export const headOf = ({ port, path }: Subject, authorization?: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Accept: */*",
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    "\r\n",
  ].join("\r\n");

/** What a stranger is answered: the demand as a `402` carries it. */
export async function askUnpaid({ port, path }: Subject): Promise<{ challenge: string; body: string }> {
  const { statusCode, headers, body } = await request(`http://127.0.0.1:${port}${path}`);
  const text = await body.text();
  const challenge = headers["www-authenticate"];
  if (statusCode !== 402 || typeof challenge !== "string") throw new Error(`Not a 402 but ${statusCode}.`);
  return { challenge, body: text };
}

const buyersAtOnce = 32;

/** Requests that are paid for, each with a credential of its own. Made before a round, so that no round pays for it. */
export async function paidHeads(subject: Subject, count: number): Promise<string[]> {
  const { pay } = subject;
  if (!pay) return [headOf(subject, subject.name === "bare" ? "Payment none" : undefined)];
  const heads: string[] = [];
  let begun = 0;
  const buy = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      const [challenge] = parseChallenges((await askUnpaid(subject)).challenge);
      if (!challenge) throw new Error(`${subject.name} offers nothing that can be paid.`);
      const token = await pay(challenge);
      heads.push(headOf(subject, formatCredential({ challenge, payload: { token } })));
    }
  };
  await Promise.all(Array.from({ length: buyersAtOnce }, buy));
  return heads;
}
