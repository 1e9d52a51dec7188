import { Problem } from "@/lib/problems";
import { readEnv } from "./env";
import { fixedSecrets } from "./master-secrets";
import { createRuntime, type Runtime } from "./runtime";

const place = Symbol.for("farebox.runtime");
const shared = globalThis as { [place]?: Promise<Runtime> }; // safe: nobody else knows this symbol

/** Makes this the one runtime of the process. Next loads this module a second time and finds the same instance. */
export function installRuntime(instance: Runtime): void {
  shared[place] = Promise.resolve(instance);
}

/** The runtime of this process, made from the environment where no server of ours has installed one. */
export function runtime(): Promise<Runtime> {
  shared[place] ??= fromEnvironment();
  return shared[place];
}

async function fromEnvironment(): Promise<Runtime> {
  const env = readEnv();
  if (!env.databaseUrl || !env.secret) {
    throw new Problem(
      "unavailable",
      "Farebox is not started. Use npm start, or set DATABASE_URL and FAREBOX_SECRET.",
    );
  }
  return await createRuntime({
    env,
    databaseUrl: env.databaseUrl,
    secret: fixedSecrets(env.secret, env.previousSecret),
  });
}
