import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { homologateVtex, openCallbackDesk, type Pair, timedLinesOf, totalOf } from "@/lib/conformance";
import type { Runtime } from "@/lib/runtime";
import { CommandFault, type Say } from "./command";

const options = {
  connector: { type: "string" },
  merchant: { type: "string" },
  "base-url": { type: "string" },
  currency: { type: "string" },
  "callback-host": { type: "string", default: "127.0.0.1" },
  "callback-port": { type: "string", default: "0" },
  "callback-origin": { type: "string" },
  json: { type: "string" },
} as const;

const usage = "farebox homologate vtex --connector ID [--merchant SLUG] [--base-url URL] [--json FILE]";

/** The connector that is meant: by its id alone, where only one merchant has one of that id. */
async function findConnector(
  runtime: Runtime,
  { id, merchant }: { id: string; merchant: string | undefined },
) {
  const { merchants } = await runtime.catalog.snapshot();
  const found = merchants
    .filter((view) => merchant === undefined || view.merchant.slug === merchant)
    .flatMap((view) =>
      [...view.connectors.values()].map((connector) => ({ merchant: view.merchant, connector })),
    )
    .filter(({ connector }) => connector.slug === id && connector.kind === "vtex");
  const [one, ...others] = found;
  if (!one) throw new CommandFault(`There is no connector "${id}" of kind vtex.`);
  if (others.length > 0)
    throw new CommandFault(`Several merchants have a connector "${id}". Add --merchant SLUG.`);
  if (one.connector.mode !== "test" || !one.connector.homologation)
    throw new CommandFault(
      'The suite is let in where a connector has "mode": "test" and "homologation": true.',
    );
  return one;
}

function partnerOf(settings: Readonly<Record<string, unknown>>): Pair | null {
  const { appKey, appToken } = (settings.partner ?? {}) as Record<string, unknown>;
  return typeof appKey === "string" && typeof appToken === "string" ? { appKey, appToken } : null;
}

/** What the connector has to allow for this machine to be called back. */
function hostFault(callbackHosts: unknown, callback: string): string | null {
  const { host, hostname } = new URL(callback);
  const listed = Array.isArray(callbackHosts) ? callbackHosts : [];
  return listed.includes(host) || listed.includes(hostname)
    ? null
    : `Add "${hostname}" to the connector's callbackHosts, and allow its network in FAREBOX_ALLOW_PRIVATE_NETWORKS where it is private.`;
}

async function saveReport(file: string, report: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`).catch((cause: unknown) => {
    throw new CommandFault(`${file} cannot be written.`, { cause });
  });
}

/** `homologate vtex --connector ID`: plays VTEX's gateway against a running Farebox, callbacks included. */
export async function homologate(runtime: Runtime, args: readonly string[], say: Say): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const { connector: id, merchant: slug, json } = values;
  if (positionals[0] !== "vtex" || !id) throw new CommandFault(`Say which connector: ${usage}`);
  const { merchant, connector } = await findConnector(runtime, { id, merchant: slug });
  const { keys } = runtime.catalog.connectors;
  const named = { merchantId: merchant.id, slug: connector.slug };
  const desk = await openCallbackDesk({
    host: values["callback-host"],
    port: Number(values["callback-port"]),
    ...(values["callback-origin"] ? { origin: values["callback-origin"] } : {}),
  });
  const key = await keys.create(named, { actor: "system" });
  try {
    const fault = hostFault(connector.settings.callbackHosts, desk.urlFor("check"));
    if (fault) throw new CommandFault(fault);
    const address = `${runtime.env.publicOrigin}/api/processor/vtex/${merchant.slug}/${connector.slug}`;
    const target = {
      baseUrl: (values["base-url"] ?? address).replace(/\/$/, ""),
      pair: { appKey: key.appKey ?? "", appToken: key.appToken ?? "" },
      partner: partnerOf(connector.settings),
      currency: values.currency ?? merchant.currency,
      fetch,
      desk,
      now: () => performance.now(),
    };
    say(`VTEX homologation of ${target.baseUrl}`);
    const report = await homologateVtex({ target, onCase: (result) => timedLinesOf(result).forEach(say) });
    if (json) await saveReport(json, report);
    say(totalOf(report));
    if (report.failed > 0) throw new CommandFault("This connector would not pass.");
  } finally {
    await keys.end({ ...named, id: key.id });
    await desk.close();
  }
}
