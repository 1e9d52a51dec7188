import type { Operation } from "./types";

type Terms = Readonly<
  { free: true } | { intent: "charge" } | { intent: "session"; unit: string; meter: object }
>;

type PresetEndpoint = Readonly<{
  method: "GET" | "POST" | "DELETE";
  path: string;
  title: string;
  terms: Terms;
  operation?: Operation;
}>;

/** A well-known kind of API: its address, how it is told that it is us, and what is worth selling of it. */
export type Preset = Readonly<{
  id: string;
  title: string;
  /** What a merchant should know before selling it. */
  note: string;
  upstream: Readonly<{
    url: string;
    /** The key goes here: as `auth` with the secret put in by `presetService`. */
    auth: Readonly<{ kind: "bearer" } | { kind: "header"; name: string }>;
    headers?: Readonly<Record<string, string>>;
    requestHeaders?: Readonly<{ pass: readonly string[] }>;
    timeoutMs: number;
  }>;
  endpoints: readonly PresetEndpoint[];
}>;

const charge = { intent: "charge" } as const;
const free = { free: true } as const;
const perToken = (pointer: string) =>
  ({ intent: "session", unit: "token", meter: { by: "json", pointer } }) as const;

const jsonBody = (required: readonly string[], properties: Readonly<Record<string, object>>): Operation => ({
  requestBody: {
    required: true,
    content: { "application/json": { schema: { type: "object", required: [...required], properties } } },
  },
});
const text = { type: "string" };
const messages = { type: "array", minItems: 1, items: { type: "object", required: ["role", "content"] } };
const chat = jsonBody(["model", "messages"], { model: text, messages, stream: { type: "boolean" } });

const openai: Preset = {
  id: "openai",
  title: "OpenAI-compatible",
  note: "For any server that speaks the OpenAI API. The body names the model, so one price for all models sells the dear ones too cheaply: add a rule on /model.",
  upstream: { url: "https://api.openai.com/v1", auth: { kind: "bearer" }, timeoutMs: 300_000 },
  endpoints: [
    {
      method: "POST",
      path: "/chat/completions",
      title: "Chat completion",
      terms: perToken("/usage/total_tokens"),
      operation: chat,
    },
    {
      method: "POST",
      path: "/responses",
      title: "Response",
      terms: perToken("/usage/total_tokens"),
      operation: jsonBody(["model", "input"], { model: text, input: {}, stream: { type: "boolean" } }),
    },
    {
      method: "POST",
      path: "/embeddings",
      title: "Embeddings",
      terms: perToken("/usage/total_tokens"),
      operation: jsonBody(["model", "input"], { model: text, input: { type: ["string", "array"] } }),
    },
    {
      method: "POST",
      path: "/images/generations",
      title: "Images from a text",
      terms: charge,
      operation: jsonBody(["prompt"], {
        model: text,
        prompt: text,
        n: { type: "integer", minimum: 1 },
        size: text,
      }),
    },
    {
      method: "POST",
      path: "/audio/speech",
      title: "Speech from a text",
      terms: charge,
      operation: jsonBody(["model", "input", "voice"], { model: text, input: text, voice: text }),
    },
    { method: "POST", path: "/audio/transcriptions", title: "Text from speech", terms: charge },
    {
      method: "POST",
      path: "/moderations",
      title: "Moderation",
      terms: charge,
      operation: jsonBody(["input"], { model: text, input: { type: ["string", "array"] } }),
    },
    { method: "GET", path: "/models", title: "List of models", terms: free },
    { method: "GET", path: "/models/{model}", title: "One model", terms: free },
  ],
};

const anthropic: Preset = {
  id: "anthropic",
  title: "Anthropic-compatible",
  note: "For any server that speaks the Anthropic Messages API. Input and output tokens are counted apart there; the units of an answer are its output tokens.",
  upstream: {
    url: "https://api.anthropic.com/v1",
    auth: { kind: "header", name: "x-api-key" },
    headers: { "anthropic-version": "2023-06-01" },
    requestHeaders: { pass: ["anthropic-beta"] },
    timeoutMs: 600_000,
  },
  endpoints: [
    {
      method: "POST",
      path: "/messages",
      title: "Message",
      terms: perToken("/usage/output_tokens"),
      operation: jsonBody(["model", "max_tokens", "messages"], {
        model: text,
        max_tokens: { type: "integer", minimum: 1 },
        messages,
        stream: { type: "boolean" },
      }),
    },
    {
      method: "POST",
      path: "/messages/count_tokens",
      title: "Number of tokens in a message",
      terms: free,
      operation: jsonBody(["model", "messages"], { model: text, messages }),
    },
    { method: "GET", path: "/models", title: "List of models", terms: free },
    { method: "GET", path: "/models/{model_id}", title: "One model", terms: free },
  ],
};

const id = (title: string, path: string): PresetEndpoint => ({ method: "GET", path, title, terms: charge });

const stripe: Preset = {
  id: "stripe",
  title: "Stripe-compatible",
  note: "Sells reading of one account's records by the call. Use a restricted key that can read only; what the key can see, every payer can.",
  upstream: {
    url: "https://api.stripe.com/v1",
    auth: { kind: "bearer" },
    requestHeaders: { pass: ["stripe-version"] },
    timeoutMs: 80_000,
  },
  endpoints: [
    id("Balance", "/balance"),
    id("List of products", "/products"),
    id("One product", "/products/{id}"),
    id("List of prices", "/prices"),
    id("One price", "/prices/{id}"),
    id("List of charges", "/charges"),
    id("One charge", "/charges/{charge}"),
    id("List of payment intents", "/payment_intents"),
    id("One payment intent", "/payment_intents/{intent}"),
    id("List of invoices", "/invoices"),
    id("One invoice", "/invoices/{invoice}"),
  ],
};

export const presets: readonly Preset[] = [openai, anthropic, stripe];

type Filled = Readonly<{
  slug: string;
  title: string;
  mode: "test" | "live";
  rails: readonly string[];
  /** The key for the upstream; `null` leaves the credential out. */
  key: string | null;
  /** Of one call, and of one unit where an endpoint is metered. */
  price: Readonly<{ call: Price; unit: Price }>;
  /** Do the rails have sessions? Else metered endpoints are sold by the call. */
  sessions: boolean;
  /** Another server that speaks the same. */
  url?: string | undefined;
}>;
type Price = Readonly<{ amount: string; currency: string }>;

function termsOf(terms: Terms, { price, sessions }: Filled): object {
  if ("free" in terms) return terms;
  if (terms.intent === "charge" || !sessions) return { price: price.call };
  return { ...terms, price: price.unit };
}

/** A service as the document writes it, made from a preset; judged like any other when it is put. */
export function presetService({ upstream, endpoints }: Preset, filled: Filled): Record<string, unknown> {
  const { auth, url, ...rest } = upstream;
  const secret = { $secret: filled.key };
  const credential = auth.kind === "bearer" ? { ...auth, token: secret } : { ...auth, value: secret };
  return {
    slug: filled.slug,
    title: filled.title,
    mode: filled.mode,
    upstream: { url: filled.url ?? url, ...rest, ...(filled.key === null ? {} : { auth: credential }) },
    rails: filled.rails,
    endpoints: endpoints.map(({ terms, ...endpoint }) => ({ ...endpoint, ...termsOf(terms, filled) })),
  };
}
