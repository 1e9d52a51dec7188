export type { Action, ActionContext, ActionProblem, ActionResult, FormInput } from "./action";
export type { Change, MerchantFacts } from "./context";
export { currentMember, signOut } from "./current-member";
export { action, endpoint, openEndpoint, sessionRoute } from "./doors";
export type { EndpointContext } from "./endpoint";
export { parse } from "./faults";
export { ownPath } from "./own-path";
export { listResponse, pageQuery, readCursor } from "./page";
