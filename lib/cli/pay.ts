import { parseArgs } from "node:util";
import { type Challenge, formatCredential, parseChallenges, parseReceipt } from "@/lib/protocol";
import { CommandFault, type Say } from "./command";
import { demoTerms, isDemo, payAtWallet } from "./demo-wallet";
import { ask, requestOf, requestOptions } from "./request";

const options = { ...requestOptions, payer: { type: "string" } } as const;

/** `pay URL`: asks, shows the 402, pays it at the demo wallet, asks again, and shows answer and receipt. */
export async function pay(args: readonly string[], say: Say): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [url] = positionals;
  if (!url || !URL.canParse(url))
    throw new CommandFault("Say what to pay for: farebox pay URL [-X METHOD] [-d BODY] [-H 'Name: value']");
  const request = requestOf(url, values);

  say(`→ ${request.method} ${url}`);
  const unpaid = await ask(request);
  say(`← ${unpaid.status} ${unpaid.statusText}`);
  if (unpaid.status !== 402) {
    say(await unpaid.text());
    return;
  }
  const challenge = chooseDemo(unpaid);
  const terms = demoTerms(challenge);
  say(`  challenge ${challenge.id}`);
  say(
    `  asks ${terms.amount} ${terms.currency} minor units for ${terms.recipient}, until ${challenge.expires}`,
  );

  const token = await payAtWallet(challenge, { payer: values.payer });
  say(`→ paid at ${terms.methodDetails.wallet}, test money`);
  const source = values.payer ? { source: `demo:${values.payer}` } : {};
  const authorization = formatCredential({ challenge, payload: { token }, ...source });
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

function chooseDemo(unpaid: Response): Challenge {
  const challenges = parseChallenges(unpaid.headers.get("www-authenticate") ?? "");
  const demo = challenges.find(isDemo);
  if (demo) return demo;
  const offered = challenges.map(({ method, intent }) => `${method}/${intent}`).join(", ") || "nothing";
  throw new CommandFault(`This command pays with the demo wallet, and ${offered} is asked for here.`);
}

const indent = (text: string): string => text.trimEnd().replace(/^/gm, "  ");

/** Where the merchant finds the payment: the search of the dashboard lands on any id. */
function dashboardOf(url: string, challengeId: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}/m/${pathname.split("/")[2] ?? ""}/search?mode=test&q=${challengeId}`;
}
