import { Problem, problemResponse } from "@/lib/problems";
import { authenticate } from "./authenticate";
import type { DoorRuntime } from "./context";

/**
 * An address for whoever watches the installation: open to callers on the machine itself, as the door in front of Next
 * marks them, and to management keys (`interface.md` 3). Members of the dashboard are not meant.
 */
export async function watch<R extends DoorRuntime>(
  runtime: R,
  request: Request,
  run: (runtime: R) => Promise<Response>,
): Promise<Response> {
  try {
    if (request.headers.get("x-farebox-local") !== "1") await refuseStranger(runtime, request);
    return await run(runtime);
  } catch (error) {
    return problemResponse(error);
  }
}

async function refuseStranger(runtime: DoorRuntime, request: Request): Promise<void> {
  const who = await authenticate(runtime, request);
  if (who.kind === "member") throw new Problem("forbidden", "Send a management key as a bearer token.");
}
