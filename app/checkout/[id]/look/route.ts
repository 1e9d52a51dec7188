import { checkoutRoutes } from "@/lib/http";

export const POST = checkoutRoutes.look;
