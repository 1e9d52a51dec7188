import { checkoutRoutes } from "@/lib/http";

export const GET = checkoutRoutes.link;
export const dynamic = "force-dynamic";
