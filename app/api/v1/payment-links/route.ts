import { CreateLink, endpoint, LinkQuery, linkItem, listLinks, makeLink } from "@/lib/http";

export const POST = endpoint({
  scope: "links:write",
  body: CreateLink,
  run: async (context) => Response.json(linkItem(await makeLink(context)), { status: 201 }),
});

export const GET = endpoint({ scope: "receipts:read", query: LinkQuery, run: listLinks });
