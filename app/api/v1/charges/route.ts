import { ChargeQuery, chargeItem, endpoint, listResponse, pageOf, withRange } from "@/lib/http";

export const GET = endpoint({
  scope: "charges:read",
  query: ChargeQuery,
  run: async ({ runtime, query: { limit, cursor, ...filters }, ...about }) =>
    listResponse(
      await runtime.processor.charges.list(withRange(about, filters), pageOf({ limit, cursor })),
      chargeItem,
    ),
});
