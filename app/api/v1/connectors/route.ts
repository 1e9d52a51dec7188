import { endpoint, listConnectors } from "@/lib/http";

export const GET = endpoint({ scope: "config:read", run: listConnectors });
