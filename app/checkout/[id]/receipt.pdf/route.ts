import { checkoutRoutes } from "@/lib/http";

export const GET = checkoutRoutes.paper;
export const dynamic = "force-dynamic";
