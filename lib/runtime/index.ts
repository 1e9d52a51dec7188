export { shortConfig } from "@/lib/catalog";
export { migrate } from "@/lib/db";
export { type Env, readEnv } from "./env";
export { fixedSecrets, type MasterSecrets } from "./master-secrets";
export type { PreviewedAnswer, PreviewedOffer } from "./preview";
export type { Rotation } from "./rotate-secret";
export { createRuntime, type Runtime } from "./runtime";
export { installRuntime, runtime } from "./singleton";
