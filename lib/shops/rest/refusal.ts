import { Problem } from "@/lib/problems";

/** What a shop can be told (contracts/medusa.md §1). The codes of the state machine are 422 unless they stand here. */
const statuses: Readonly<Record<string, number>> = {
  invalid: 400,
  amount_invalid: 400,
  amount_not_positive: 400,
  currency_unknown: 400,
  currency_unsupported: 400,
  rail_unknown: 400,
  key_required: 400,
  key_invalid: 400,
  pan_not_accepted: 400,
  unauthorized: 401,
  connector_off: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  in_progress: 409,
  not_open: 409,
  refund_in_doubt: 409,
  body_too_large: 413,
  server_fault: 500,
  unsupported: 501,
  unavailable: 503,
  rate_unavailable: 503,
  rail_off: 503,
  unknown: 504,
};

const titles: Readonly<Record<number, string>> = {
  400: "The request cannot be taken as sent",
  401: "Who are you?",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Not at this moment",
  413: "Body too large",
  422: "Refused",
  500: "Something failed here",
  501: "This rail cannot do it",
  503: "Not available right now",
  504: "The payment network has not said",
};

/** A refusal that a shop is told. */
export class Refusal extends Error {
  override name = "Refusal";
  constructor(
    readonly code: string,
    detail: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
  }
}

export type Answer = Readonly<{ status: number; body: string; headers?: Readonly<Record<string, string>> }>;

export const jsonAnswer = (status: number, body: object): Answer => ({ status, body: JSON.stringify(body) });

export const retryAfter = (ms: number): Record<string, string> => ({
  "retry-after": Math.max(1, Math.ceil(ms / 1_000)).toString(),
});

/** The problem document of a refusal. Nothing of what was sent is in it. */
export function refusalAnswer(
  { code, message, headers }: Refusal,
  about: Readonly<{ requestId: string; instance: string }>,
): Answer {
  const status = statuses[code] ?? 422;
  const document = {
    type: `urn:farebox:problem:${code.replaceAll("_", "-")}`,
    title: titles[status] ?? "Refused",
    status,
    detail: message,
    ...about,
    code,
  };
  return {
    ...jsonAnswer(status, document),
    headers: { "content-type": "application/problem+json", ...headers },
  };
}

/** What the rooms below refuse with, in the words of this surface; `null` for a fault of ours. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (!Problem.is(error)) return null;
  if (error.slug === "not-found") return new Refusal("not_found", error.message);
  if (error.slug === "conflict") return new Refusal("conflict", error.message);
  return error.status < 500 ? new Refusal("invalid", error.message) : null;
}
