import type { Operation } from "./answer-store";
import * as operations from "./operations";
import type { Answer } from "./refusal";

type About = Readonly<{ id: string }> & operations.Call;
type Run = (deps: Parameters<typeof operations.initiate>[0], about: About) => Promise<Answer>;

/** One address of the surface. `keyed` names the operation that a shop's key is for. */
export type Route = Readonly<{
  run: Run;
  keyed?: Readonly<{ operation: Operation; isNeeded: boolean }>;
  hasBody: boolean;
}>;

type Methods = Readonly<Record<string, Route>>;

const read = (run: Run): Route => ({ run, hasBody: false });
const write = (run: Run, operation?: Operation, isNeeded = false): Route => ({
  run,
  hasBody: true,
  ...(operation ? { keyed: { operation, isNeeded } } : {}),
});

/** contracts/medusa.md §1. */
const table: readonly (readonly [shape: RegExp, methods: Methods])[] = [
  [/^\/payments$/, { POST: write(operations.initiate, "initiate", true) }],
  [
    /^\/payments\/([\w-]{1,64})$/,
    { GET: read(operations.retrieve), POST: write(operations.update), DELETE: read(operations.remove) },
  ],
  [/^\/payments\/([\w-]{1,64})\/authorize$/, { POST: write(operations.authorize, "authorize") }],
  [/^\/payments\/([\w-]{1,64})\/captures$/, { POST: write(operations.capture, "capture", true) }],
  [
    /^\/payments\/([\w-]{1,64})\/refunds$/,
    { GET: read(operations.findRefund), POST: write(operations.refund, "refund", true) },
  ],
  [/^\/payments\/([\w-]{1,64})\/cancel$/, { POST: write(operations.cancel, "cancel") }],
];

export type Matched = Readonly<{ id: string; methods: Methods }>;

export function matchRoute(path: string): Matched | null {
  for (const [shape, methods] of table) {
    const match = shape.exec(path);
    if (match) return { id: match[1] ?? "", methods };
  }
  return null;
}
