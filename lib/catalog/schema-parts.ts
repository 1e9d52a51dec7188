import { z } from "zod";

/** Upper bounds of one document. */
export const limits = {
  rails: 50,
  services: 200,
  endpointsPerService: 500,
  endpoints: 3_000,
  railsPerService: 20,
  headers: 32,
  callerKeys: 100,
  rules: 100,
  cases: 50,
  /** Bytes of all `operation` keys together, so that a document can be put back through the API. */
  operationBytes: 2_097_152,
};

/** Words that stand for something else in the dashboard's own addresses. */
const reservedSlugs = ["new", "all", "edit"];

export const Slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
    "Use 1 to 64 lower-case letters, digits and inner hyphens.",
  )
  .refine((slug) => !reservedSlugs.includes(slug), "This word is reserved; choose another.");

export const Mode = z.enum(["test", "live"], 'Write "test" or "live".');

/** Text for people that also fits on one line of a header (`security.md` PA7). */
export const lineOf = (max: number) =>
  z
    .string()
    .max(max, `Use at most ${max} characters.`)
    .refine((text) => text.trim() !== "", "This must not be blank.")
    .refine(
      (text) => !/[\p{Cc}\u2028\u2029]/u.test(text),
      "Line breaks and control characters have no place here.",
    );

/** A value that is encrypted at rest; `null` keeps what is stored. */
export const Secret = z.strictObject({
  $secret: z
    .string()
    .min(1, "A secret is not empty. Leave the key out to remove it.")
    .max(65_536, "A secret has at most 65536 characters.")
    .nullable(),
});

/** A name in the DNS, as browsers write it: lower case, at least two labels, no port. */
export const Host = z
  .string()
  .max(253, "A host name has at most 253 characters.")
  .regex(
    /^(?=.*[a-z])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    "Write a host name such as api.example.com: lower case, without scheme, port or path.",
  );

const PublicUrl = z
  .string()
  .max(2_048, "Use at most 2048 characters.")
  .refine(
    (text) => /^https?:\/\/[^\s\\"<>]+$/.test(text) && URL.canParse(text),
    "Write an address such as https://example.com.",
  );

export const About = z.strictObject({
  summary: lineOf(300).optional(),
  homepage: PublicUrl.optional(),
  categories: z
    .array(
      z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "Use up to 40 lower-case letters, digits and hyphens."),
    )
    .max(5, "Name at most 5 categories.")
    .refine((names) => new Set(names).size === names.length, "A category is named twice.")
    .optional(),
});
