import { checkoutRoutes } from "@/lib/http";

export const GET = checkoutRoutes.answer;
export const dynamic = "force-dynamic";
