import { paymentPageRoutes } from "@/lib/http";

export const GET = paymentPageRoutes.state;
export const dynamic = "force-dynamic";
