import { listAudit, openEndpoint, PageQuery } from "@/lib/http";

export const GET = openEndpoint({ scope: "audit:read", query: PageQuery, run: listAudit });
