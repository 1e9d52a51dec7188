import { checkoutRoutes } from "@/lib/http";

export const GET = checkoutRoutes.state;
export const dynamic = "force-dynamic";
