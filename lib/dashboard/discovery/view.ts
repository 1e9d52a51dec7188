export type DocumentName = "openapi.json" | "llms.txt";

type Word = Readonly<{ tone: "good" | "waiting" | "attention" | "failed" | "neutral"; label: string }>;

export type DriftRowView = Readonly<{
  key: string;
  method: string;
  /** As the document names it; with its host, when that is a domain of the merchant's. */
  address: string;
  href: string | null;
  word: Word;
  /** "demo/charge 1 usd"; "depends on the request" where the amount does. */
  published: readonly string[];
  live: readonly string[];
  words: readonly string[];
}>;

export type DriftView = Readonly<{
  /** `null` before the first comparison. */
  at: Readonly<{ at: string; text: string; full: string }> | null;
  word: Word;
  sentence: string;
  rows: readonly DriftRowView[];
  /** The configuration has changed since. */
  isOld: boolean;
}>;

export type CompletenessRow = Readonly<{
  key: string;
  method: string;
  path: string;
  service: string;
  href: string;
  /** What there is of each part: said, missing, or not applicable. */
  description: "said" | "missing";
  parameters: "said" | "missing" | "none";
  request: "said" | "missing" | "none";
  response: "said" | "missing";
  /** Why it is not told at all; `null` when it is. */
  untold: string | null;
}>;

export type DiscoveryView = Readonly<{
  merchant: string;
  tabs: readonly { label: string; href: string; count?: string; isCurrent: boolean }[];
  tab: "documents" | "drift" | "completeness";
  /** Why nothing is told at all; `null` when something is. */
  untold: string | null;
  document: Readonly<{
    name: DocumentName;
    choices: readonly { label: string; href: string; isCurrent: boolean }[];
    address: string;
    text: string;
    facts: readonly { label: string; value: string }[];
  }> | null;
  drift: DriftView | null;
  completeness: readonly CompletenessRow[];
  catalogueHref: string;
  mayWrite: boolean;
}>;

type Offer = Readonly<{ method: string; intent: string; amount: string | null; currency: string }>;

/** An offer in one line, as the wire writes it. */
export const offerText = ({ method, intent, amount, currency }: Offer): string =>
  `${method}/${intent} ${amount === null ? `priced by the request, ${currency}` : `${amount} ${currency}`}`;

export const stateWord = (state: "agrees" | "differs" | "unclear"): Word => {
  if (state === "agrees") return { tone: "neutral", label: "Agrees" };
  return state === "differs" ? { tone: "failed", label: "Differs" } : { tone: "waiting", label: "Unclear" };
};

type Described = Readonly<{
  method: string;
  title: string | null;
  summary: string | null;
  description: string | null;
  operation: Readonly<{
    parameters?: readonly Readonly<{ name: string; in: string; description?: string }>[];
    requestBody?: Readonly<{ content: Readonly<Record<string, Readonly<{ schema?: unknown }>>> }>;
    responses?: Readonly<
      Record<string, Readonly<{ content?: Readonly<Record<string, Readonly<{ schema?: unknown }>>> }>>
    >;
  }> | null;
}>;

const hasSchema = (content: Readonly<Record<string, Readonly<{ schema?: unknown }>>> | undefined): boolean =>
  Object.values(content ?? {}).some(({ schema }) => schema !== undefined);

/** What an agent can learn of an endpoint from the documents, part by part. */
export function completenessOf(
  endpoint: Described,
  pathParameters: readonly string[],
): Pick<CompletenessRow, "description" | "parameters" | "request" | "response"> {
  const { method, operation } = endpoint;
  const said = (name: string): boolean =>
    operation?.parameters?.some(
      (each) => each.in === "path" && each.name === name && Boolean(each.description),
    ) ?? false;
  const takesBody = ["POST", "PUT", "PATCH"].includes(method);
  const hasWords = [endpoint.title, endpoint.summary, endpoint.description].some((text) => text !== null);
  const successes = Object.entries(operation?.responses ?? {}).filter(([status]) => status.startsWith("2"));
  return {
    description: hasWords ? "said" : "missing",
    parameters: pathParameters.length === 0 ? "none" : pathParameters.every(said) ? "said" : "missing",
    request: takesBody ? (hasSchema(operation?.requestBody?.content) ? "said" : "missing") : "none",
    response: successes.some(([, { content }]) => hasSchema(content)) ? "said" : "missing",
  };
}
