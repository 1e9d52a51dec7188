import type { Operation as Written } from "@/lib/catalog";
import type { Listed } from "./listing";
import { plain } from "./text";

const summaryMax = 300;
const descriptionMax = 2_000;

export type Operation = Readonly<Record<string, unknown>>;

/** What a document still has room for; each step tells less than the one before. */
export const steps = [
  { schemas: true, descriptions: true },
  { schemas: false, descriptions: true },
  { schemas: false, descriptions: false },
] as const;
export type Step = (typeof steps)[number];

type Parameter = NonNullable<Written["parameters"]>[number];
type Content = NonNullable<Written["requestBody"]>["content"];

const parameterNames = (template: string): string[] =>
  [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);

const takesBody = (method: string): boolean => ["POST", "PUT", "PATCH"].includes(method);

const textOf = (text: string | undefined, step: Step): { description?: string } =>
  text && step.descriptions ? { description: plain(text, summaryMax) } : {};

/** OpenAPI gives these a meaning of their own and passes over them as parameters. */
const ownHeaders = ["accept", "content-type", "authorization"];

function parameterOf({ name, in: place, required, description, schema }: Parameter, step: Step) {
  return {
    name,
    in: place,
    ...(required || place === "path" ? { required: true } : {}),
    ...textOf(description, step),
    schema: (step.schemas ? schema : undefined) ?? { type: "string" },
  };
}

/** One for each name in the path, never another; then those of the query and the headers as the merchant wrote them. */
function parametersOf({ endpoint }: Listed, template: string, step: Step) {
  const written = endpoint.operation?.parameters ?? [];
  const ofPath = parameterNames(template).map((name): Parameter => {
    const known = written.find((each) => each.in === "path" && each.name === name);
    return known ?? { name, in: "path", required: true };
  });
  const others = written.filter(
    ({ in: place, name }) =>
      place !== "path" && !(place === "header" && ownHeaders.includes(name.toLowerCase())),
  );
  return [...ofPath, ...others].map((parameter) => parameterOf(parameter, step));
}

/** Examples are told as what they are. */
const contentOf = (content: Content) =>
  Object.fromEntries(
    Object.entries(content).map(([type, { schema, example }]) => [
      type,
      { ...(schema === undefined ? {} : { schema }), ...(example === undefined ? {} : { example }) },
    ]),
  );

function requestBodyOf({ endpoint }: Listed, step: Step): Operation {
  if (!step.schemas) return {};
  const written = endpoint.operation?.requestBody;
  if (written) {
    const { required, description, content } = written;
    return {
      requestBody: {
        ...(required ? { required } : {}),
        ...textOf(description, step),
        content: contentOf(content),
      },
    };
  }
  return takesBody(endpoint.method) ? { requestBody: { content: { "*/*": {} } } } : {};
}

/** What a payment buys: the answers that are no refusal. */
function successesOf({ endpoint }: Listed, step: Step): Operation {
  const written = Object.entries(endpoint.operation?.responses ?? {}).filter(([status]) => /^2/.test(status));
  if (written.length === 0) return { "200": { description: "OK" } };
  return Object.fromEntries(
    written.map(([status, { description, content }]) => [
      status,
      {
        description: (step.descriptions && description && plain(description, summaryMax)) || "OK",
        ...(step.schemas && content ? { content: contentOf(content) } : {}),
      },
    ]),
  );
}

/** The one line of an endpoint, and what there is to say beyond it. */
export function wordsOf({ title, summary, description }: Listed["endpoint"]): {
  summary: string | null;
  description: string | null;
} {
  const first = summary ?? title ?? description;
  const isMore = description !== null && (description !== first || [...description].length > summaryMax);
  return {
    summary: first === null ? null : plain(first, summaryMax),
    description: isMore ? plain(description, descriptionMax) : null,
  };
}

type Place = Readonly<{ id: string; template: string; step: Step }>;

export function operationOf(listed: Listed, { id, template, step }: Place): Operation {
  const { service, endpoint, offers } = listed;
  const words = step.descriptions ? wordsOf(endpoint) : { summary: null, description: null };
  const offered = words.summary === null ? {} : { description: words.summary };
  const parameters = parametersOf(listed, template, step);
  return {
    operationId: id,
    ...(words.summary === null ? {} : { summary: words.summary }),
    ...(words.description === null ? {} : { description: words.description }),
    ...(service.mode === "test" ? { "x-mode": "test" } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBodyOf(listed, step),
    ...(endpoint.free
      ? {}
      : {
          "x-payment-info": {
            offers: offers.map(({ method, amount, currency }) => ({
              intent: endpoint.intent,
              method,
              amount,
              currency,
              ...offered,
            })),
          },
        }),
    responses: {
      ...successesOf(listed, step),
      ...(endpoint.free ? {} : { "402": { description: "Payment Required" } }),
    },
  };
}
