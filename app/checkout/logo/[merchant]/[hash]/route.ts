import { checkoutRoutes } from "@/lib/http";

export const GET = checkoutRoutes.logo;
export const dynamic = "force-dynamic";
