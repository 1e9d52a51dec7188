import { parseArgs } from "node:util";
import { z } from "zod";
import { type Challenge, formatCredential, parseChallenges, parseReceipt, readRequest } from "@/lib/protocol";
import { CommandFault, type Say } from "./command";

const DemoRequest = z.object({
  amount: z.string(),
  currency: z.string(),
  recipient: z.string(),
  methodDetails: z.object({ wallet: z.url() }),
});

const options = {
  method: { type: "string", short: "X" },
  data: { type: "string", short: "d" },
  header: { type: "string", short: "H", multiple: true },
  payer: { type: "string" },
} as const;

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
  const terms = DemoRequest.parse(readRequest(challenge));
  say(`  challenge ${challenge.id}`);
  say(
    `  asks ${terms.amount} ${terms.currency} minor units for ${terms.recipient}, until ${challenge.expires}`,
  );

  const token = await payDemo(challenge, terms, values.payer);
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
  say(`  receipt ${receipt.reference}, paid by ${receipt.method} at ${receipt.timestamp}`);
  say(`See it at ${dashboardOf(url, challenge.id)}`);
}

type Asked = Readonly<{ url: string; method: string; headers: Record<string, string>; body: string | null }>;

function requestOf(url: string, values: { method?: string; data?: string; header?: string[] }): Asked {
  const headers: Record<string, string> = {};
  for (const line of values.header ?? []) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new CommandFault(`"${line}" is not a header. Write -H 'Name: value'.`);
    headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  const body = values.data ?? null;
  if (body !== null && !Object.keys(headers).some((name) => name.toLowerCase() === "content-type")) {
    headers["content-type"] = "application/json";
  }
  return { url, method: (values.method ?? (body === null ? "GET" : "POST")).toUpperCase(), headers, body };
}

async function ask(
  { url, method, headers, body }: Asked,
  more: Record<string, string> = {},
): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      headers: { ...headers, ...more },
      redirect: "manual",
      ...(body === null ? {} : { body }),
    });
  } catch (cause) {
    throw new CommandFault(`Nothing answers at ${new URL(url).origin}. Is Farebox running?`, { cause });
  }
}

function chooseDemo(unpaid: Response): Challenge {
  const challenges = parseChallenges(unpaid.headers.get("www-authenticate") ?? "");
  const demo = challenges.find(({ method, intent }) => method === "demo" && intent === "charge");
  if (demo) return demo;
  const offered = challenges.map(({ method, intent }) => `${method}/${intent}`).join(", ") || "nothing";
  throw new CommandFault(`This command pays with the demo wallet, and ${offered} is asked for here.`);
}

async function payDemo(
  challenge: Challenge,
  terms: z.infer<typeof DemoRequest>,
  payer?: string,
): Promise<string> {
  const { amount, currency, recipient, methodDetails } = terms;
  const answer = await fetch(`${methodDetails.wallet}/payments`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      challengeId: challenge.id,
      amount,
      currency,
      recipient,
      ...(payer ? { payer } : {}),
    }),
  });
  if (answer.status !== 201)
    throw new CommandFault(`The demo wallet answered ${answer.status}: ${await answer.text()}`);
  return z.object({ token: z.string() }).parse(await answer.json()).token;
}

const indent = (text: string): string => text.trimEnd().replace(/^/gm, "  ");

/** Where the merchant finds the payment: the search of the dashboard lands on any id. */
function dashboardOf(url: string, challengeId: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}/m/${pathname.split("/")[2] ?? ""}/search?mode=test&q=${challengeId}`;
}
