import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { errorText, newId } from "@/lib/kit";
import { Problem, problemResponse } from "@/lib/problems";
import type { DoorRuntime } from "./context";
import { refuseCrossSite } from "./same-origin";
import { sessionOptions } from "./session";

const bodyBytesMax = 16 * 1024;

type Route = Readonly<{ params: Promise<{ nextauth: string[] }> }>;

/** A form is small and says how long it is. */
function refuseLargeBody({ method, headers }: Request): void {
  const length = headers.get("content-length");
  if (method === "POST" && (length === null || Number(length) > bodyBytesMax)) {
    throw new Problem("body-too-large", `Send at most ${bodyBytesMax / 1024} KiB, with a Content-Length.`);
  }
}

/** Signing in and out, by next-auth. Its own token against forged sign-ins stands behind the check of the origin. */
export const sessionRouteOn =
  (open: () => Promise<DoorRuntime>) =>
  async (request: NextRequest, route: Route): Promise<Response> => {
    const requestId = newId("rq");
    try {
      const runtime = await open();
      if (request.method !== "GET") refuseCrossSite(request, runtime.env.publicOrigin);
      refuseLargeBody(request);
      return await NextAuth(request, route, sessionOptions(runtime));
    } catch (error) {
      if (error instanceof SyntaxError) return problemResponse(new Problem("bad-request"), { requestId });
      if (!Problem.is(error)) {
        const { log } = await open();
        log("error", "session.fault", { requestId, error: errorText(error) });
      }
      return problemResponse(error, { requestId });
    }
  };
