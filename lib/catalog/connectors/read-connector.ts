import { complain, isObject, readPart, type To, under } from "../faults";
import { checkSecretPlaces, keepSecrets } from "../kept";
import { Connector, type ConnectorDocument, connectorSettings } from "./schema";
import { vtexMethodNames } from "./vtex-names";

/** Connectors that are stored, secrets opened, by their name. */
export type StoredConnectors = ReadonlyMap<string, ConnectorDocument>;

export type ConnectorContext = Readonly<{
  /** The mode of each rail of the document; `null` when it cannot be read. */
  railModes: ReadonlyMap<string, "test" | "live" | null>;
  stored: StoredConnectors;
  checkAddress(url: string): string | null;
}>;

type Part = ConnectorDocument;

function checkMethods({ kind, mode, methods }: Part, { railModes }: ConnectorContext, to: To): void {
  const names = new Set<string>();
  for (const [place, { name, rail, split }] of methods.entries()) {
    const at = (key: string) => under(to, "methods", place, key);
    if (names.has(name)) complain(at("name"), "This name is used twice.");
    names.add(name);
    const railMode = railModes.get(rail);
    if (railMode === undefined) complain(at("rail"), `There is no rail "${rail}" in this document.`);
    else if (railMode !== null && railMode !== mode)
      complain(at("rail"), `Rail "${rail}" is a ${railMode} rail; the connector is in ${mode}.`);
    if (kind === "vtex" && !vtexMethodNames.includes(name))
      complain(at("name"), "VTEX knows no payment method of this name. Write it exactly as VTEX does.");
    if (kind !== "vtex" && split !== "disabled")
      complain(at("split"), "Only VTEX splits payments between recipients.");
  }
}

function checkHomologation({ kind, mode, homologation }: Part, to: To): void {
  if (!homologation) return;
  const at = under(to, "homologation");
  if (kind !== "vtex") complain(at, "Only a connector of kind vtex has a homologation.");
  else if (mode !== "test") complain(at, "Homologation is done in test mode.");
}

/** Settings with every secret known, judged by the schema of their kind. */
function readSettings(connector: Part, { stored, checkAddress }: ConnectorContext, to: To): unknown {
  const { kind, id, settings } = connector;
  const { schema, secrets, addresses } = connectorSettings[kind];
  const isSecretPlace = (steps: readonly PropertyKey[]) =>
    (secrets as readonly string[]).includes(steps.map(String).join("."));
  const before = to.faults.length;
  checkSecretPlaces(settings, isSecretPlace, to);
  if (to.faults.length > before) return settings;
  const earlier = stored.get(id);
  const known = keepSecrets(settings, earlier?.kind === kind ? earlier.settings : undefined, to);
  const parsed: unknown = readPart<unknown>(schema, known, to);
  for (const name of addresses) {
    const address = isObject(known) ? known[name] : undefined;
    const refusal = typeof address === "string" ? checkAddress(address) : null;
    if (refusal) complain(under(to, name), refusal);
  }
  return parsed ?? known;
}

/** Reads `connectors[n]`; `null` when it is none. Whatever is wrong joins `faults`. */
export function readConnector(value: unknown, context: ConnectorContext, to: To): ConnectorDocument | null {
  const connector = readPart(Connector, value, to);
  if (!connector) return null;
  checkMethods(connector, context, to);
  checkHomologation(connector, to);
  const settings = readSettings(connector, context, under(to, "settings"));
  return { ...connector, settings: isObject(settings) ? settings : {} };
}
