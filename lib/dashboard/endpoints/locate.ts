import type { Locate } from "../forms/view";
import type { EndpointDraft } from "./draft";
import { ruleTitle } from "./rules/view";

const fields: Readonly<Record<string, { id: string; label: string }>> = {
  method: { id: "method", label: "Method" },
  path: { id: "path", label: "Path" },
  description: { id: "description", label: "Description" },
  price: { id: "amount", label: "Price" },
  "price.amount": { id: "amount", label: "Price" },
  "price.currency": { id: "currency", label: "Currency" },
  unit: { id: "unit", label: "Unit" },
  intent: { id: "terms", label: "Terms" },
  free: { id: "terms", label: "Terms" },
  redeemableForSeconds: { id: "redeemable", label: "Redeemable for" },
  bodyMaxBytes: { id: "body-max", label: "Largest request body" },
  responseMaxBytes: { id: "response-max", label: "Largest answer" },
  billable4xx: { id: "billable-4xx", label: "4xx answers" },
  repeatable: { id: "repeatable", label: "Repeated calls" },
  paymentAuthorization: { id: "payment-authorization", label: "Credential header" },
  neverBilled: { id: "never-billed", label: "Never billed" },
  title: { id: "title", label: "Title" },
  summary: { id: "summary", label: "Summary" },
  rules: { id: "rules", label: "Rules" },
  cases: { id: "simulator", label: "Kept cases" },
  reason: { id: "reason", label: "Reason" },
};

const limits: Readonly<Record<string, { id: string; label: string }>> = {
  minimum: { id: "minimum", label: "At least" },
  maximum: { id: "maximum", label: "At most" },
  meter: { id: "meter", label: "Meter" },
};

/** Which field shows a fault of the endpoint that is being edited. */
export const locateInEndpoint =
  ({ rules, cases }: Pick<EndpointDraft, "rules" | "cases">): Locate =>
  (path) => {
    const [, list, place = ""] = /^(rules|cases|neverBilled)\[(\d+)\]/.exec(path) ?? [];
    const rule = list === "rules" ? rules[Number(place)] : undefined;
    if (rule) return { id: `rule-${place}`, label: `Rule ${Number(place) + 1}, ${ruleTitle(rule)}` };
    const kept = list === "cases" ? cases[Number(place)] : undefined;
    if (kept) return { id: `case-${place}`, label: `Case “${kept.name}”` };
    if (list === "neverBilled") return fields.neverBilled ?? null;
    return fields[path] ?? limits[path.split(".")[0] ?? ""] ?? null;
  };
