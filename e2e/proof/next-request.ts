// Next's own rooms, which only this file enters: a loader reads its cookies there.
import "next/dist/server/node-environment-baseline.js";
import type { workAsyncStorage as WorkStorage } from "next/dist/server/app-render/work-async-storage.external";
import workStorage from "next/dist/server/app-render/work-async-storage.external.js";
import type { workUnitAsyncStorage as UnitStorage } from "next/dist/server/app-render/work-unit-async-storage.external";
import unitStorage from "next/dist/server/app-render/work-unit-async-storage.external.js";
import { HeadersAdapter } from "next/dist/server/web/spec-extension/adapters/headers.js";
import { RequestCookiesAdapter } from "next/dist/server/web/spec-extension/adapters/request-cookies.js";
import { RequestCookies } from "next/dist/server/web/spec-extension/cookies.js";

const { workAsyncStorage } = workStorage as unknown as { workAsyncStorage: typeof WorkStorage };
const { workUnitAsyncStorage } = unitStorage as unknown as { workUnitAsyncStorage: typeof UnitStorage };

/** Runs a loader or an action as Next does for a request with these headers. */
export async function inRequest<T>(
  given: Readonly<Record<string, string>>,
  run: () => Promise<T>,
): Promise<T> {
  const headers = new Headers(given);
  const store = {
    type: "request",
    phase: "render",
    headers: HeadersAdapter.seal(headers),
    cookies: RequestCookiesAdapter.seal(new RequestCookies(headers)),
  };
  type Work = Parameters<typeof workAsyncStorage.run>[0];
  type Unit = Parameters<typeof workUnitAsyncStorage.run>[0];
  return await workAsyncStorage.run({ route: "/" } as Work, () =>
    workUnitAsyncStorage.run(store as unknown as Unit, run),
  );
}
