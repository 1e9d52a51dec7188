import { type Endpoint, pathParameters } from "@/lib/catalog";
import { type Price, priceFault } from "@/lib/money";
import { DescribedRequest, readTerms, type Terms } from "@/lib/pricing";
import type { FieldFault } from "@/lib/problems";

type Written = Readonly<{
  method: string;
  path: string;
  intent: "charge" | "session";
  price: Price;
  rules: readonly Readonly<Record<string, unknown>>[];
  minimum: Price | null;
  maximum: Price | null;
  meter: Readonly<Record<string, unknown>> | null;
}>;

type Sold = Pick<Endpoint, "id" | "method" | "path" | "intent" | "terms"> & { price: Price };

/** An endpoint as it would be sold if it were saved now, or what is wrong with it at the places of its document. */
export type DraftEndpoint =
  | Readonly<{ ok: true; endpoint: Sold }>
  | Readonly<{ ok: false; faults: readonly FieldFault[] }>;

/** Signs nothing that anybody checks: it stands in for a secret that is still being typed. */
const unwritten = "0".repeat(32);

/** A rule with its hook's secret opened: the typed one, or the one that is stored for the rule of this id. */
function opened(rule: Readonly<Record<string, unknown>>, stored: Terms | null) {
  const effects = rule.then as Readonly<{ hook?: Readonly<{ secret?: Readonly<{ $secret?: unknown }> }> }>; // safe: written by the form
  if (!effects.hook) return rule;
  const typed = effects.hook.secret?.$secret;
  const effect = stored?.rules.find(({ id }) => id === rule.id)?.effect;
  const kept = effect?.kind === "hook" ? effect.hook.secret : unwritten;
  const secret = typeof typed === "string" ? typed : kept;
  // biome-ignore lint/suspicious/noThenProperty: the document's own word; nothing awaits a document
  return { ...rule, then: { hook: { ...effects.hook, secret } } };
}

/** Reads the terms of an endpoint that is not saved yet, for the simulator. */
export function readDraft(stored: Pick<Endpoint, "id" | "terms"> | null, written: Written): DraftEndpoint {
  const { method, path, intent, price, rules, minimum, maximum, meter } = written;
  const fault = priceFault(price);
  if (fault) return { ok: false, faults: [{ path: `price.${fault.at}`, message: fault.message }] };
  // safe: what the catalogue keeps as terms is what `readTerms` gave it
  const known = (stored?.terms ?? null) as Terms | null;
  const terms = readTerms(
    { rules: rules.map((rule) => opened(rule, known)), minimum, maximum, meter },
    { intent, price },
  );
  if (!terms.ok) return terms;
  return {
    ok: true,
    endpoint: { id: stored?.id ?? "draft", method, path, intent, price, terms: terms.value },
  };
}

/** Checks a described request, and gives it the parts of its path that the endpoint's pattern names. */
export function readDescribed(
  { path: pattern }: Pick<Endpoint, "path">,
  value: unknown,
):
  | Readonly<{ ok: true; request: DescribedRequest }>
  | Readonly<{ ok: false; faults: readonly FieldFault[] }> {
  const parsed = DescribedRequest.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
    return { ok: false, faults };
  }
  const { path } = parsed.data;
  const params = path === undefined ? {} : pathParameters(pattern, path);
  const named = Object.keys(params).length > 0 ? { params } : {};
  return { ok: true, request: { ...parsed.data, ...named } };
}

/** A kept case whose request names its path's parts as a described one does; what cannot be read stays for its judge. */
export function readCase(endpoint: Pick<Endpoint, "path">, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("request" in value)) return value;
  const read = readDescribed(endpoint, value.request);
  return read.ok ? { ...value, request: read.request } : value;
}
