import { isObject, listOf } from "../faults";
import { Operation as OperationSchema } from "../schema-operation";
import type { Operation } from "../types";
import { convertSchema } from "./convert-schema";
import type { Description } from "./read-description";
import { follow } from "./references";

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Parameter = NonNullable<Operation["parameters"]>[number];
type Content = NonNullable<Operation["requestBody"]>["content"];
type Responses = NonNullable<Operation["responses"]>;

const parametersMax = 100;
const typesMax = 2;
const roomBytes = 15_000; // a little less than an endpoint may have

/** One line of at most so many characters, without what a line cannot hold; `undefined` when nothing is left. */
export function lineFrom(value: unknown, max: number): string | undefined {
  if (typeof value !== "string") return undefined;
  const line = value
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zs}\u2028\u2029]+/gu, " ")
    .trim();
  if (line === "") return undefined;
  const cut =
    line.length <= max
      ? line
      : `${line
          .slice(0, max - 1)
          .toWellFormed()
          .replace(/\uFFFD$/, "")
          .trimEnd()}…`;
  return cut;
}

const described = (value: unknown) => {
  const description = lineFrom(value, 500);
  return description === undefined ? {} : { description };
};

function contentOf(about: Description, value: unknown): Content {
  const types = isObject(value) ? Object.entries(value) : [];
  const told = types.flatMap(([type, media]) => {
    if (!/^[\w!#$&^.+-]{1,64}\/[\w!#$&^.+*-]{1,64}$/.test(type)) return [];
    const schema = convertSchema(about, isObject(media) ? media.schema : undefined);
    return [[type, schema === undefined ? {} : { schema }] as const];
  });
  return Object.fromEntries(told.slice(0, typesMax));
}

/** Headers that OpenAPI itself says are described elsewhere (3.1.0, §4.8.12.2.1). */
const elsewhere = ["accept", "content-type", "authorization"];

/** Names of query parameters and headers that carry the upstream's credential, which payers do not have. */
function credentialNames({ root }: Description): Set<string> {
  const { components } = root;
  const { securitySchemes } = isObject(components) ? components : {};
  const schemes = isObject(securitySchemes) ? Object.values(securitySchemes) : [];
  const keys = schemes.map((scheme) => follow(root, scheme)).filter(isObject);
  return new Set(
    keys.filter(({ type }) => type === "apiKey").map((key) => `${key.in} ${String(key.name).toLowerCase()}`),
  );
}

function parameterOf(
  about: Description,
  raw: Record<string, unknown>,
  names: ReadonlyMap<string, string>,
): Parameter[] {
  const { name, in: place } = raw;
  if (typeof name !== "string" || name === "" || name.length > 200 || !name.isWellFormed()) return [];
  if (place !== "path" && place !== "query" && place !== "header") return [];
  if (place === "header" && elsewhere.includes(name.toLowerCase())) return [];
  const own = place === "path" ? names.get(name) : name;
  if (own === undefined) return [];
  const [media] = isObject(raw.content) ? Object.values(raw.content) : [];
  const schema = convertSchema(about, raw.schema ?? (isObject(media) ? media.schema : undefined));
  return [
    {
      name: own,
      in: place,
      ...(place === "path" || raw.required === true ? { required: true } : {}),
      ...described(raw.description),
      ...(schema === undefined ? {} : { schema }),
    },
  ];
}

/** Every `{name}` of the path, and whatever else the operation takes, its own words before those of the path. */
function parametersOf(
  about: Description,
  [item, operation]: Parts,
  names: ReadonlyMap<string, string>,
): Parameter[] {
  const raw = [...listOf(item, "parameters"), ...listOf(operation, "parameters")]
    .map((parameter) => follow(about.root, parameter))
    .filter(isObject);
  const credentials = credentialNames(about);
  const byPlace = new Map(raw.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]));
  const told = [...byPlace.values()]
    .filter((one) => !credentials.has(`${one.in} ${String(one.name).toLowerCase()}`))
    .flatMap((one) => parameterOf(about, one, names));
  const declared = new Set(told.filter((one) => one.in === "path").map(({ name }) => name));
  const missing = [...names.values()].filter((name) => !declared.has(name));
  const added = missing.map(
    (name) => ({ name, in: "path", required: true, schema: { type: "string" } }) as const,
  );
  return [...added, ...told].slice(0, parametersMax);
}

function responsesOf(about: Description, value: unknown): Responses {
  const told = Object.entries(isObject(value) ? value : {}).flatMap(([status, raw]) => {
    const response = follow(about.root, raw);
    if (!/^(?:[1-5](?:\d\d|XX)|default)$/.test(status) || !isObject(response)) return [];
    const content = status.startsWith("2") ? contentOf(about, response.content) : {};
    const hasContent = Object.keys(content).length > 0;
    return [[status, { ...described(response.description), ...(hasContent ? { content } : {}) }] as const];
  });
  return Object.fromEntries(told);
}

type Parts = readonly [item: unknown, operation: Readonly<Record<string, unknown>>];

/** Leaves out what is told in less and less detail, until it fits: schemas of answers, then of requests, then the rest. */
const lessOf: readonly ((operation: Operation) => Operation)[] = [
  ({ responses, ...rest }) => ({
    ...rest,
    ...(responses ? { responses: mapValues(responses, ({ content: _, ...response }) => response) } : {}),
  }),
  ({ requestBody, ...rest }) => ({
    ...rest,
    ...(requestBody
      ? { requestBody: { ...requestBody, content: mapValues(requestBody.content, () => ({})) } }
      : {}),
  }),
  ({ parameters = [], ...rest }) => ({
    ...rest,
    parameters: parameters.map(({ description: _, schema: __, ...parameter }) => parameter),
  }),
  () => ({}),
];

function mapValues<T, U>(map: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** An operation told in no more than so many bytes. */
export const fitOperation = (operation: Operation, bytes: number): Operation =>
  lessOf.reduce((told, less) => (bytesOf(told) <= bytes ? told : less(told)), operation);

/** What an operation takes and gives, without references, as an endpoint keeps it. */
export function describeOperation(
  about: Description,
  parts: Parts,
  names: ReadonlyMap<string, string>,
): Operation {
  const [, raw] = parts;
  const told: Writable<Operation> = {};
  const parameters = parametersOf(about, parts, names);
  if (parameters.length > 0) told.parameters = parameters;
  const body = follow(about.root, raw.requestBody);
  if (isObject(body)) {
    const required = body.required === true ? { required: true } : {};
    told.requestBody = {
      ...required,
      ...described(body.description),
      content: contentOf(about, body.content),
    };
  }
  const responses = responsesOf(about, raw.responses);
  if (Object.keys(responses).length > 0) told.responses = responses;
  const fitted = fitOperation(told, roomBytes);
  // What our own schema does not take is left out as a whole: a description is no reason to refuse an endpoint.
  return OperationSchema.safeParse(fitted).success ? fitted : {};
}
