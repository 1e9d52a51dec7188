import type { Runtime } from "@/lib/runtime";
import { scopeOf } from "./query";

type About = Readonly<{ runtime: Pick<Runtime, "access" | "processor"> }> & Parameters<typeof scopeOf>[0];

/** Recomputes every invariant of the books, and the chain of the audit with them. */
export async function verifyRecords({ runtime, ...about }: About) {
  const [books, chain] = await Promise.all([
    runtime.processor.verify(scopeOf(about)),
    runtime.access.audit.verify(),
  ]);
  if (chain.ok) return { ...books, checked: books.checked + chain.checked };
  const violation = {
    rule: "I13",
    subject: `audit:${chain.firstBad}`,
    detail: `This audit entry is ${chain.reason}; what comes after it proves nothing.`,
  };
  const violations = [...books.violations, violation];
  return { ok: false, checked: books.checked + chain.checked, violations };
}
