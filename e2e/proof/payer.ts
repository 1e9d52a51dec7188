import { Agent, request } from "undici";
import { formatCredential, parseChallenges, readRequest } from "@/lib/protocol";
import type { Runtime } from "@/lib/runtime";
import type { Gateway } from "./gateways";
import { origin } from "./ground";

export type RailBehaviour = "approve" | "decline" | "unknown" | "slow" | "down";

export const agent = new Agent({ connections: 64, pipelining: 1, headersTimeout: 30_000 });

export type Answered = Readonly<{ status: number; headers: Record<string, string>; body: string }>;

/** One request to one gateway; `null` when its process went away before the whole answer was here. */
export async function ask(
  gateway: Gateway,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answered | null> {
  try {
    const answer = await request(`http://127.0.0.1:${gateway.port}/pay/acme/api${path}`, {
      dispatcher: agent,
      headers: { host: "farebox.test", ...headers },
    });
    const body = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers as Record<string, string>, body };
  } catch {
    return null;
  }
}

/** Pays a challenge at the demo network and makes the credential that is presented for it. */
export async function payAtWallet(
  { demo }: Runtime,
  wwwAuthenticate: string,
  behaviour: RailBehaviour = "approve",
): Promise<{ credential: string; challengeId: string }> {
  const [challenge] = parseChallenges(wwwAuthenticate);
  if (!challenge) throw new Error("There is no challenge to pay.");
  const { amount, currency, recipient } = readRequest(challenge) ?? {};
  const answer = await demo.handle(
    new Request(`${origin}/demo/wallet/payments`, {
      method: "POST",
      body: JSON.stringify({
        challengeId: challenge.id,
        amount,
        currency,
        recipient,
        behaviour,
        payer: "ann",
      }),
    }),
  );
  const { token } = (await answer.json()) as { token: string };
  const credential = formatCredential({ challenge, payload: { token }, source: "demo:ann" });
  return { credential, challengeId: challenge.id };
}

/** Asks for a challenge and pays it. */
export async function buyCredential(runtime: Runtime, gateway: Gateway, path: string) {
  const answer = await ask(gateway, path);
  return await payAtWallet(runtime, answer?.headers["www-authenticate"] ?? "");
}

export type Move = Readonly<{ type: "payment" | "capture" | "refund"; challengeId: string; amount: bigint }>;

/** Everything that the demo network says it did, oldest first. */
export async function walletLog({ demo }: Runtime): Promise<Move[]> {
  const moves: Move[] = [];
  let cursor: string | null = "0";
  while (cursor !== null) {
    const answer = await demo.handle(new Request(`${origin}/demo/wallet/log?limit=1000&cursor=${cursor}`));
    const page = (await answer.json()) as {
      data: { type: Move["type"]; challengeId: string; amount: string }[];
      nextCursor: string | null;
    };
    moves.push(...page.data.map((entry) => ({ ...entry, amount: BigInt(entry.amount) })));
    cursor = page.nextCursor;
  }
  return moves;
}
