import { startServer } from "./server";
import { publish } from "./started";

/** One server for all stories; each story makes its own merchant. Answers the function that stops it. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const server = await startServer();
  const { origin, setupUrl, apiKey, dataDir, env } = server;
  publish({ origin, setupUrl, apiKey, dataDir, env });
  return async () => {
    await server.stop();
  };
}
