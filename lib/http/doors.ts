import { headers } from "next/headers";
import { unstable_rethrow } from "next/navigation";
import { runtime } from "@/lib/runtime";
import { actionsOn } from "./action";
import { checkoutRoutesOn } from "./checkout";
import { currentMember } from "./current-member";
import { endpointsOn } from "./endpoint";
import { paymentPageRoutesOn } from "./payment-page";
import { sessionRouteOn } from "./session-route";
import { visitorActionsOn } from "./visitor-action";

/** The doors of this installation: every handler and every action stands behind one of them. */
export const { endpoint, openEndpoint } = endpointsOn(runtime);
export const action = actionsOn(runtime, { headers, member: currentMember, rethrow: unstable_rethrow });
export const checkoutRoutes = checkoutRoutesOn(runtime);
export const paymentPageRoutes = paymentPageRoutesOn(runtime);
export const visitorAction = visitorActionsOn(runtime, { headers, rethrow: unstable_rethrow });
export const sessionRoute = sessionRouteOn(runtime);
