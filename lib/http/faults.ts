import type { z } from "zod";
import { type FieldFault, Problem } from "@/lib/problems";

type Step = string | number;

/** `["services", 0, "price"]` as `services[0].price`; a name that is no identifier stands in brackets and quotes. */
function pathOf(steps: readonly PropertyKey[]): string {
  return steps
    .map((step, place) => {
      if (typeof step === "number") return `[${step}]`;
      const name = String(step);
      if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name)) return `[${JSON.stringify(name)}]`;
      return place === 0 ? name : `.${name}`;
    })
    .join("");
}

function stepsOf(path: string): Step[] {
  const steps: Step[] = [];
  for (const [, index, quoted, name] of path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([^.[\]]+)/g)) {
    if (index !== undefined) steps.push(Number(index));
    else if (quoted !== undefined) steps.push(String(JSON.parse(quoted)));
    else if (name !== undefined) steps.push(name);
  }
  return steps;
}

/** The JSON pointer (RFC 6901) to the place that a path such as `services[0].price` names. */
export function pointerOf(path: string): string {
  return stepsOf(path)
    .map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

/** Everything that is wrong with what was sent, by place. */
function faultsOf(error: z.ZodError): FieldFault[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        path: pathOf([...issue.path, key]),
        message: "There is no field of this name.",
      }));
    }
    return [{ path: pathOf(issue.path), message: issue.message }];
  });
}

/** What was sent as the schema understands it, or the problem that names every fault in it. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem("unprocessable", undefined, { errors: faultsOf(parsed.error) });
}

/** The same problem with a JSON pointer beside each path, for programs. */
export function withPointers(error: unknown): unknown {
  if (!Problem.is(error) || !error.extras.errors) return error;
  const errors = error.extras.errors.map((fault) => ({ ...fault, pointer: pointerOf(fault.path) }));
  return new Problem(error.slug, error.message, { ...error.extras, errors });
}
