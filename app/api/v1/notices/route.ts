import { endpoint, listResponse, NoticeQuery, noticeItem, pageOf, scopeOf } from "@/lib/http";

export const GET = endpoint({
  scope: "events:read",
  query: NoticeQuery,
  run: async ({ runtime, query: { limit, cursor, rail, state }, ...about }) =>
    listResponse(
      await runtime.processor.notices.list(
        {
          merchantId: about.merchant.id,
          ...scopeOf(about),
          ...(rail === undefined ? {} : { rail }),
          ...(state ? { state } : {}),
        },
        pageOf({ limit, cursor }),
      ),
      noticeItem,
    ),
});
