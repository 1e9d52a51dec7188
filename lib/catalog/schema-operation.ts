import { z } from "zod";
import { isObject } from "./faults";
import { lineOf } from "./schema-parts";

const bytesMax = 16_384;
const types = ["array", "boolean", "integer", "null", "number", "object", "string"];

type Complain = (path: readonly PropertyKey[], message: string) => void;
type Check = (value: unknown, path: readonly PropertyKey[], complain: Complain) => void;

const one =
  (is: (value: unknown) => boolean, expected: string): Check =>
  (value, path, complain) => {
    if (!is(value)) complain(path, `Expected ${expected}.`);
  };
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isTexts = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === "string");
const isType = (value: unknown) => typeof value === "string" && types.includes(value);

const text = one((value) => typeof value === "string", "text");
const count = one(isCount, "a whole number, not negative");
const number = one((value) => typeof value === "number", "a number");
const yesOrNo = one((value) => typeof value === "boolean", "true or false");
const list = one(Array.isArray, "a list");
const texts = one(isTexts, "a list of texts");

const listOfSchemas: Check = (value, path, complain) => {
  if (!Array.isArray(value) || value.length === 0) return complain(path, "Expected a list of schemas.");
  for (const [place, item] of value.entries()) checkSchema(item, [...path, place], complain);
};
const mapOfSchemas: Check = (value, path, complain) => {
  if (!isObject(value)) return complain(path, "Expected schemas by name.");
  for (const [name, item] of Object.entries(value)) checkSchema(item, [...path, name], complain);
};
const typeName: Check = (value, path, complain) => {
  const isKnown = isType(value) || (Array.isArray(value) && value.length > 0 && value.every(isType));
  if (!isKnown) complain(path, `Expected ${types.join(", ")}, or a list of them.`);
};
const schema: Check = (value, path, complain) => checkSchema(value, path, complain);

/** What JSON Schema 2020-12 asks of its keywords. Those not named here are annotations and hold anything. */
const keywords: Readonly<Record<string, Check>> = {
  type: typeName,
  enum: list,
  required: texts,
  title: text,
  description: text,
  format: text,
  pattern: text,
  contentMediaType: text,
  contentEncoding: text,
  multipleOf: one((value) => typeof value === "number" && value > 0, "a number above zero"),
  maximum: number,
  minimum: number,
  exclusiveMaximum: number,
  exclusiveMinimum: number,
  maxLength: count,
  minLength: count,
  maxItems: count,
  minItems: count,
  maxContains: count,
  minContains: count,
  maxProperties: count,
  minProperties: count,
  uniqueItems: yesOrNo,
  deprecated: yesOrNo,
  readOnly: yesOrNo,
  writeOnly: yesOrNo,
  examples: list,
  allOf: listOfSchemas,
  anyOf: listOfSchemas,
  oneOf: listOfSchemas,
  prefixItems: listOfSchemas,
  properties: mapOfSchemas,
  patternProperties: mapOfSchemas,
  dependentSchemas: mapOfSchemas,
  additionalProperties: schema,
  unevaluatedProperties: schema,
  unevaluatedItems: schema,
  propertyNames: schema,
  items: schema,
  contains: schema,
  contentSchema: schema,
  not: schema,
  if: schema,
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits this table.
  then: schema,
  else: schema,
};

function checkSchema(value: unknown, path: readonly PropertyKey[], complain: Complain): void {
  if (typeof value === "boolean") return;
  if (!isObject(value)) {
    complain(path, "Expected a JSON Schema.");
    return;
  }
  for (const [keyword, item] of Object.entries(value)) {
    // `$ref` and its like: what is published stands on its own.
    if (keyword.startsWith("$"))
      complain([...path, keyword], "Write the schema out; references are not followed.");
    else if (Object.hasOwn(keywords, keyword)) keywords[keyword]?.(item, [...path, keyword], complain);
  }
}

/** May a keyword of JSON Schema say this? Looks no deeper than the keyword. */
export function isKeywordValue(keyword: string, value: unknown): boolean {
  let isGood = true;
  if (Object.hasOwn(keywords, keyword)) {
    keywords[keyword]?.(value, [], () => {
      isGood = false;
    });
  }
  return isGood;
}

const JsonSchema = z
  .unknown()
  .superRefine((value, context) =>
    checkSchema(value, [], (path, message) => context.addIssue({ code: "custom", path: [...path], message })),
  );

const Content = z.record(
  z.string().regex(/^[\w!#$&^.+-]{1,64}\/[\w!#$&^.+*-]{1,64}(?:; ?[\w=.+-]+)*$/, "Write a media type."),
  z.strictObject({ schema: JsonSchema.optional(), example: z.unknown().optional() }),
);

const Parameter = z.strictObject({
  name: z.string().min(1).max(200),
  in: z.enum(["path", "query", "header"], 'Write "path", "query" or "header".'),
  required: z.boolean().optional(),
  description: lineOf(500).optional(),
  schema: JsonSchema.optional(),
});

/** Anywhere in a description of an operation a secret would be published. */
function hasSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  return isObject(value) && ("$secret" in value || Object.values(value).some(hasSecret));
}

/** What an endpoint takes and gives, for discovery: the part of OpenAPI 3.1's operation that stands on its own. */
export const Operation = z
  .strictObject({
    parameters: z.array(Parameter).max(100, "Name at most 100 parameters.").optional(),
    requestBody: z
      .strictObject({
        required: z.boolean().optional(),
        description: lineOf(500).optional(),
        content: Content,
      })
      .optional(),
    responses: z
      .record(
        z.string().regex(/^(?:[1-5](?:\d\d|XX)|default)$/, 'Write a status such as 200, 4XX, or "default".'),
        z.strictObject({ description: lineOf(500).optional(), content: Content.optional() }),
      )
      .optional(),
  })
  .superRefine((operation, context) => {
    if (hasSecret(operation)) context.addIssue("This is published, so it holds no secret.");
    if (Buffer.byteLength(JSON.stringify(operation)) > bytesMax) {
      context.addIssue(`This is larger than ${bytesMax / 1024} KiB; leave out what payers do not need.`);
    }
  });
