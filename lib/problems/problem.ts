import { catalogue, type Slug, typeOf } from "./catalogue";

/** One field that is wrong: where it stands in what was sent, and what to write instead. */
export type FieldFault = Readonly<{ path: string; message: string }>;

type Extras = Readonly<{
  cause?: unknown;
  errors?: readonly FieldFault[];
  /** Seconds for `Retry-After`. */
  retryAfter?: number;
  /** Further headers of the answer, such as `Allow`. */
  headers?: Readonly<Record<string, string>>;
  /** Further members of the document, such as `paymentState`. */
  members?: Readonly<Record<string, unknown>>;
}>;

const brand = Symbol.for("farebox.problem");

/** A refusal whose reason the caller may know. Status and title come from the catalogue. */
export class Problem extends Error {
  override name = "Problem";
  readonly [brand] = true;
  readonly slug: Slug;
  readonly extras: Extras;

  constructor(slug: Slug, detail: string = catalogue[slug].detail, extras: Extras = {}) {
    super(detail, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.slug = slug;
    this.extras = extras;
  }

  get status(): number {
    return catalogue[this.slug].status;
  }

  /** Holds across bundles: the process loads this module once for the server and once for Next. */
  static is(error: unknown): error is Problem {
    return typeof error === "object" && error !== null && brand in error;
  }
}

/** The RFC 9457 document for a problem, without the members that only one request knows. */
export function problemDocument(problem: Problem): Record<string, unknown> {
  const { status, title } = catalogue[problem.slug];
  const { errors, members } = problem.extras;
  return {
    type: typeOf(problem.slug),
    title,
    status,
    detail: problem.message,
    ...members,
    ...(errors ? { errors } : {}),
  };
}
