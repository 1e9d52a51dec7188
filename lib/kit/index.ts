export { assert, Bug } from "./assert";
export { type Clock, systemClock } from "./clock";
export { base64url, sameSecret, sha256, utf8 } from "./encoding";
export {
  configureFailpoints,
  type FailpointName,
  FailpointReached,
  failpoint,
  failpointNames,
} from "./failpoint";
export { gather } from "./gather";
export { newId, newToken } from "./ids";
export { errorText, type Facts, type Log, log } from "./log";
export { createSeal, type Seal, SealFault, type Secrets, secretId } from "./seal";
export { within } from "./within";
