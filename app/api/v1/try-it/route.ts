import { endpoint, playTryIt, TryItBody } from "@/lib/http";

export const POST = endpoint({ scope: "config:write", body: TryItBody, run: playTryIt });
