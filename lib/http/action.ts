import { z } from "zod";
import { type Actor, actorOf, type MemberWho, type Scope } from "@/lib/access";
import { errorText, newId } from "@/lib/kit";
import { catalogue, type FieldFault, Problem } from "@/lib/problems";
import { networkOfHeaders } from "./authenticate";
import type { DoorRuntime, MerchantFacts, Visit } from "./context";
import { parse } from "./faults";
import { getMerchant, refuseUnless } from "./merchant-of";
import { isOwnOrigin } from "./same-origin";

/** A refusal as a form shows it. */
export type ActionProblem = Readonly<{
  code: string;
  title: string;
  detail: string;
  requestId: string;
  errors?: readonly FieldFault[];
  /** Seconds to wait. */
  retryAfter?: number;
}>;

type ActionResult<T> = ({ ok: true } & T) | { ok: false; problem: ActionProblem };

/** What a form sends: its fields as text, repeated ones as lists; or plain values from a component. */
export type FormInput = FormData | Readonly<Record<string, unknown>>;

/** A server action: called with the form, or by `useActionState` with the result before it. */
export type Action<T> = {
  (input: FormInput): Promise<ActionResult<T>>;
  (previous: unknown, input: FormInput): Promise<ActionResult<T>>;
};

type ActionContext<R, F> = Omit<Visit<R>, "who"> &
  Readonly<{ who: MemberWho; merchant: MerchantFacts; form: F }>;

type Spec<R, F, T> = Readonly<{
  scope: Scope;
  /** The form without its field `merchant`, which says whom it is about. Strict: an unknown field is refused. */
  form: z.ZodType<F>;
  run(context: ActionContext<R, F>): Promise<T>;
}>;

/** What a server action knows of the request it came with. */
export type ActionRequest = Readonly<{
  headers(): Promise<Pick<Headers, "get">>;
  member(): Promise<MemberWho | null>;
  /** Lets through what Next throws on purpose, such as a redirect. */
  rethrow(error: unknown): void;
}>;

const Merchant = z.string("Say which merchant this is about.").min(1).max(100);

export function fieldsOf(input: FormInput): Record<string, unknown> {
  if (!(input instanceof FormData)) return { ...input };
  const fields: Record<string, unknown> = {};
  for (const name of new Set(input.keys())) {
    if (name.startsWith("$ACTION")) continue; // Next's own
    const values = input.getAll(name);
    fields[name] = values.length > 1 ? values : values[0];
  }
  return fields;
}

export function problemView(error: Problem, requestId: string): ActionProblem {
  const { errors, retryAfter } = error.extras;
  return {
    code: error.slug,
    title: catalogue[error.slug].title,
    detail: error.message,
    requestId,
    ...(errors ? { errors } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

/** Makes server actions: who is asking → may they → parse → run → the result or the problem, as a value. */
export function actionsOn<R extends DoorRuntime>(open: () => Promise<R>, request: ActionRequest) {
  async function visit(merchantSlug: unknown, scope: Scope, requestId: string) {
    const [runtime, headers] = await Promise.all([open(), request.headers()]);
    if (!isOwnOrigin(headers.get("origin"), runtime.env.publicOrigin)) throw new Problem("cross-site");
    const who = await request.member();
    if (!who) throw new Problem("unauthenticated", "Your session has ended. Sign in again.");
    const merchant = await getMerchant(runtime, who, parse(Merchant, merchantSlug));
    refuseUnless(who, scope, merchant.id);
    const actor: Actor = { actor: actorOf(who), network: networkOfHeaders(headers), requestId };
    const audit: Visit<R>["audit"] = (act, object, change = {}) =>
      runtime.access.audit.append(null, { ...actor, merchantId: merchant.id, act, object, ...change });
    return { runtime, requestId, who, actor, audit, merchant };
  }

  return function action<F, T extends object>({ scope, form, run }: Spec<R, F, T>): Action<T> {
    return async (...inputs: [unknown, FormInput?]) => {
      const requestId = newId("rq");
      try {
        // safe: the last argument is the form in both ways of calling
        const { merchant, ...fields } = fieldsOf((inputs.length > 1 ? inputs[1] : inputs[0]) as FormInput);
        const context = await visit(merchant, scope, requestId);
        return { ok: true, ...(await run({ ...context, form: parse(form, fields) })) };
      } catch (error) {
        request.rethrow(error);
        if (Problem.is(error)) return { ok: false, problem: problemView(error, requestId) };
        const { log } = await open();
        log("error", "action.fault", { requestId, error: errorText(error) });
        return { ok: false, problem: problemView(new Problem("server-fault"), requestId) };
      }
    };
  };
}
