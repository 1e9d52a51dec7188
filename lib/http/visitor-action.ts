import type { z } from "zod";
import { type Clock, errorText, newId, systemClock } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { type Action, type ActionRequest, type FormInput, fieldsOf, problemView } from "./action";
import { networkOfHeaders } from "./authenticate";
import type { DoorRuntime } from "./context";
import { parse } from "./faults";
import { createRateLimit } from "./rate-limit";
import { isOwnOrigin } from "./same-origin";

type VisitorContext<R, F> = Readonly<{ runtime: R; requestId: string; network: string; form: F }>;

type Spec<R, F, T> = Readonly<{
  /** Strict: an unknown field is refused. */
  form: z.ZodType<F>;
  run(context: VisitorContext<R, F>): Promise<T>;
}>;

const perMinute = 12;

/**
 * Makes server actions for people who are not signed in: what they may do is decided by what they hold. Only our own
 * pages may send them, and one network so many a minute.
 */
export function visitorActionsOn<R extends DoorRuntime>(
  open: () => Promise<R>,
  { headers, rethrow }: Pick<ActionRequest, "headers" | "rethrow">,
  clock: Clock = systemClock,
) {
  const rateLimit = createRateLimit(clock, perMinute);

  return function visitorAction<F, T extends object>({ form, run }: Spec<R, F, T>): Action<T> {
    return async (...inputs: [unknown, FormInput?]) => {
      const requestId = newId("rq");
      try {
        const [runtime, given] = await Promise.all([open(), headers()]);
        if (!isOwnOrigin(given.get("origin"), runtime.env.publicOrigin)) throw new Problem("cross-site");
        const network = networkOfHeaders(given);
        rateLimit.take(network);
        // safe: the last argument is the form in both ways of calling
        const fields = fieldsOf((inputs.length > 1 ? inputs[1] : inputs[0]) as FormInput);
        return { ok: true, ...(await run({ runtime, requestId, network, form: parse(form, fields) })) };
      } catch (error) {
        rethrow(error);
        if (Problem.is(error)) return { ok: false, problem: problemView(error, requestId) };
        const { log } = await open();
        log("error", "action.fault", { requestId, error: errorText(error) });
        return { ok: false, problem: problemView(new Problem("server-fault"), requestId) };
      }
    };
  };
}
