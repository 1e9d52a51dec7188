import { z } from "zod";
import type { Price } from "@/lib/money";
import type { FieldFault } from "@/lib/problems";
import { DescribedRequest, requestOf } from "./describe";
import { type Decision, evaluate, type HookAnswer, type State } from "./evaluate";
import { compare, readFraction, zero } from "./fraction";
import { Amount } from "./schema";
import { type EndpointTerms, faultsOf, placeOf, termsOf } from "./terms";

const Case = z.strictObject({
  name: z.string().min(1).max(100),
  request: DescribedRequest,
  expect: z
    .strictObject({
      price: Amount.optional(),
      free: z.literal(true).optional(),
      rejected: z.literal(true).optional(),
    })
    .refine((expect) => Object.keys(expect).length === 1, "Write one of price, free and rejected."),
});
type Case = z.infer<typeof Case>;
export type Expectation = Case["expect"];

type Given = Readonly<{
  merchant: Readonly<{ timeZone: string }>;
  endpoint: EndpointTerms & Readonly<{ method: string; path: string }>;
}>;

const silent: HookAnswer = { kind: "none", why: "A case asks no hook." };

/** A decision with nothing counted yet; a hook is not asked, so that its fallback price stands. */
function decide(terms: ReturnType<typeof termsOf>, described: DescribedRequest, state: State): Decision {
  const request = requestOf(described);
  const decision = evaluate(terms, request, state);
  if (decision.kind !== "hook") return decision;
  return evaluate(terms, request, { ...state, hooks: new Map([[decision.rule, silent]]) });
}

const show = ({ amount, currency }: Price): string => `${amount} ${currency}`;
const isSame = (a: Price, b: Price): boolean =>
  a.currency === b.currency && compare(readFraction(a.amount) ?? zero, readFraction(b.amount) ?? zero) === 0;

/** What came instead of what a case expects; `null` when it holds. */
function surprise({ expect }: Case, decision: Decision): FieldFault | null {
  const complain = (path: string, message: string): FieldFault => ({ path: `expect.${path}`, message });
  const [path = "price"] = Object.keys(expect);
  switch (decision.kind) {
    case "priced":
      if (expect.price && isSame(expect.price, decision.price)) return null;
      return complain(path, `The price is ${show(decision.price)}.`);
    case "free":
      return expect.free ? null : complain(path, "This request is free.");
    case "rejected":
      return expect.rejected ? null : complain(path, `This request is refused: ${decision.message}`);
    default:
      return complain(path, "The price comes from a hook without a fallback, so a case cannot hold it.");
  }
}

const fallbackMoment = new Date("2026-01-01T12:00:00Z");

function decideCase({ merchant, endpoint }: Given, given: DescribedRequest): Decision {
  const { method, path } = endpoint;
  const request = { method, path, ...given };
  const state: State = {
    ...{ at: request.at ? new Date(request.at) : fallbackMoment, timeZone: merchant.timeZone },
    ...{ used: new Map(), volumes: new Map(), hooks: new Map() },
  };
  return decide(termsOf(endpoint), request, state);
}

/** What a case with this request has to expect; `null` when no case can hold it, because it hangs on a hook's answer. */
export function expectationOf(given: Given, request: DescribedRequest): Expectation | null {
  const decision = decideCase(given, request);
  if (decision.kind === "priced") return { price: decision.price };
  if (decision.kind === "free") return { free: true };
  return decision.kind === "rejected" ? { rejected: true } : null;
}

/**
 * Runs the saved cases of an endpoint against its terms: nothing counted yet, no hook asked, at the case's own time.
 * Faults have paths such as `cases[2].expect.price`.
 */
export function runCases(given: Given, cases: readonly unknown[]): FieldFault[] {
  return cases.flatMap((value, place) => {
    const at = placeOf(["cases", place]);
    const parsed = Case.safeParse(value);
    if (!parsed.success) {
      return faultsOf(parsed.error, value).map((fault) => ({
        ...fault,
        path: `${at}.${fault.path}`.replace(/\.$/, ""),
      }));
    }
    const fault = surprise(parsed.data, decideCase(given, parsed.data.request));
    return fault ? [{ ...fault, path: `${at}.${fault.path}` }] : [];
  });
}
