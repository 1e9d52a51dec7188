import { paymentPageRoutes } from "@/lib/http";

export const POST = paymentPageRoutes.look;
