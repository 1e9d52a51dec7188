import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { linesOf, type Payer, type Report, runChecks, runFlows, totalOf } from "@/lib/conformance";
import { CommandFault, type Say } from "./command";
import { isDemo, payAtWallet } from "./demo-wallet";
import { ask, requestOf, requestOptions } from "./request";

const options = {
  ...requestOptions,
  "base-url": { type: "string" },
  "discovery-url": { type: "string" },
  demo: { type: "boolean", default: false },
  json: { type: "string" },
} as const;

const demoPayer: Payer = {
  canPay: isDemo,
  async pay(challenge, { isDeclined } = { isDeclined: false }) {
    const token = await payAtWallet(challenge, isDeclined ? { behaviour: "decline" } : {});
    return { payload: { token } };
  },
};

/**
 * `conformance --base-url URL`: holds any server to the published flows, or, with `--demo`, one sold address to what
 * it owes its payers.
 */
export async function conformance(args: readonly string[], say: Say): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const { "base-url": baseUrl, "discovery-url": discoveryUrl, demo, json } = values;
  if (!baseUrl || !URL.canParse(baseUrl) || !/^https?:/.test(baseUrl)) {
    throw new CommandFault("Say which server: farebox conformance --base-url URL [--demo] [--json FILE]");
  }
  const sold = requestOf(baseUrl, values);
  await (await ask(sold)).body?.cancel(); // nobody there is one fault, not one for each case

  const onCase = (result: Report["cases"][number]) => linesOf(result).forEach(say);
  const report = demo
    ? await runChecks({ sold, payer: demoPayer, fetch, onCase })
    : await runFlows({ baseUrl, discoveryUrl, fetch, onCase });
  if (json) {
    await writeFile(json, `${JSON.stringify(report, null, 2)}\n`).catch((cause: unknown) => {
      throw new CommandFault(`${json} cannot be written.`, { cause });
    });
  }
  say(totalOf(report));
  if (report.failed > 0) throw new CommandFault("This server does not conform.");
}
