import { endpoint, lastDiscoveryCheck, runDiscoveryCheck } from "@/lib/http";

export const GET = endpoint({ scope: "config:read", run: lastDiscoveryCheck });
export const POST = endpoint({ scope: "config:write", run: runDiscoveryCheck });
