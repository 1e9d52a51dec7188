import { parseArgs } from "node:util";
import { type Challenge, formatCredential, parseChallenges, parseReceipt } from "@/lib/protocol";
import { CommandFault, type Say } from "./command";
import { demoTerms, isDemo, payAtWallet } from "./demo-wallet";
import { isLightning, lightningTerms, payWithLightning } from "./lightning-wallet";
import { ask, requestOf, requestOptions } from "./request";

const options = {
  ...requestOptions,
  payer: { type: "string" },
  method: { type: "string" },
  "max-sats": { type: "string", default: "1000" },
} as const;

type Means = Readonly<{ payer?: string | undefined; maxSats: bigint }>;
type Paid = Readonly<{ payload: Record<string, unknown>; source?: string }>;

/** `pay URL`: asks, shows the 402, pays it, asks again, and shows answer and receipt. */
export async function pay(args: readonly string[], say: Say): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [url] = positionals;
  if (!url || !URL.canParse(url))
    throw new CommandFault("Say what to pay for: farebox pay URL [-X METHOD] [-d BODY] [-H 'Name: value']");
  if (!/^[1-9]\d{0,9}$/.test(values["max-sats"])) throw new CommandFault("--max-sats is a whole number.");
  const request = requestOf(url, values);

  say(`→ ${request.method} ${url}`);
  const unpaid = await ask(request);
  say(`← ${unpaid.status} ${unpaid.statusText}`);
  if (unpaid.status !== 402) {
    say(await unpaid.text());
    return;
  }
  const challenge = choose(unpaid, values.method);
  say(`  challenge ${challenge.id}`);
  const means = { payer: values.payer, maxSats: BigInt(values["max-sats"]) };
  const proof = isDemo(challenge)
    ? await payDemo(challenge, means, say)
    : await payBolt11(challenge, means, say);
  const authorization = formatCredential({ challenge, ...proof });
  const field = challenge.header ?? "Authorization";
  say(`→ ${request.method} ${url} with ${field}: Payment …`);

  const paid = await ask(request, { [field]: authorization });
  say(`← ${paid.status} ${paid.statusText}`);
  say(indent(await paid.text()));
  const receipt = parseReceipt(paid.headers.get("payment-receipt") ?? "");
  if (!receipt) throw new CommandFault("There was no receipt in the answer.");
  say(`  receipt for ${receipt.reference}, paid by ${receipt.method} at ${receipt.timestamp}`);
  say(`See it at ${dashboardOf(url, challenge.id)}`);
}

async function payDemo(challenge: Challenge, { payer }: Means, say: Say): Promise<Paid> {
  const { amount, currency, recipient, methodDetails } = demoTerms(challenge);
  say(`  asks ${amount} ${currency} minor units for ${recipient}, until ${challenge.expires}`);
  const token = await payAtWallet(challenge, { payer });
  say(`→ paid at ${methodDetails.wallet}, test money`);
  return { payload: { token }, ...(payer ? { source: `demo:${payer}` } : {}) };
}

async function payBolt11(challenge: Challenge, { maxSats }: Means, say: Say): Promise<Paid> {
  const { amount, methodDetails } = lightningTerms(challenge);
  say(`  asks ${amount} sat on ${methodDetails.network ?? "Lightning"}, until ${challenge.expires}`);
  const preimage = await payWithLightning(challenge, maxSats);
  say("→ paid over Lightning");
  return { payload: { preimage } };
}

/** The demo offer where there is one, unless another method is asked for. */
function choose(unpaid: Response, method: string | undefined): Challenge {
  const challenges = parseChallenges(unpaid.headers.get("www-authenticate") ?? "");
  const payable = challenges.filter((challenge) => isDemo(challenge) || isLightning(challenge));
  const chosen = method
    ? payable.find((each) => each.method === method)
    : (payable.find(isDemo) ?? payable[0]);
  if (chosen) return chosen;
  const offered = challenges.map(({ method: name, intent }) => `${name}/${intent}`).join(", ") || "nothing";
  throw new CommandFault(
    `This command pays demo/charge and lightning/charge, and ${offered} is asked for here.`,
  );
}

const indent = (text: string): string => text.trimEnd().replace(/^/gm, "  ");

/** Where the merchant finds the payment: the search of the dashboard lands on any id. */
function dashboardOf(url: string, challengeId: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}/m/${pathname.split("/")[2] ?? ""}/search?mode=test&q=${challengeId}`;
}
