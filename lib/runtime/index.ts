export { shortConfig } from "@/lib/catalog";
export { migrate } from "@/lib/db";
export { type Env, EnvFault, readEnv } from "./env";
export type { PreviewedAnswer, PreviewedOffer } from "./preview";
export { createRuntime, type Runtime } from "./runtime";
export { installRuntime, runtime } from "./singleton";
