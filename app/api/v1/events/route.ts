import { EventQuery, endpoint, eventItem, listResponse, pageOf, withRange } from "@/lib/http";

export const GET = endpoint({
  scope: "events:read",
  query: EventQuery,
  run: async ({ runtime, query: { limit, cursor, ...filters }, ...about }) =>
    listResponse(
      await runtime.processor.events.list(withRange(about, filters), pageOf({ limit, cursor })),
      eventItem,
    ),
});
