import type { Connector } from "@/lib/catalog";
import type { Payment } from "@/lib/processor";
import { conclude, createBody } from "./answer";
import { openCallback } from "./callback";
import type { VtexDeps } from "./deps";
import { mayCall } from "./hosts";
import * as store from "./store";

const dayMs = 24 * 60 * 60_000;
/** The gateway needs a moment to write down the answer it got before it is called back about it. */
const restMs = 2_000;

type Notice = Readonly<{ type: string; createdAt: Date }>;

/** What is sent, as long as `until`, and not sooner than `notBefore`; a body of `null` is none at all. */
type Callback = Readonly<{
  url: string;
  headers: Record<string, string>;
  body: string | null;
  until: Date;
  notBefore: Date;
}>;

/** The pair that VTEX gave to the provider; not the merchant's, which lets VTEX in here. */
function partnerOf({ settings }: Connector): Record<string, string> {
  const { appKey, appToken } = (settings.partner ?? {}) as Record<string, unknown>;
  if (typeof appKey !== "string" || typeof appToken !== "string") return {};
  return { "x-vtex-api-appkey": appKey, "x-vtex-api-apptoken": appToken };
}

const asksAgain = (url: string): boolean => new URL(url).pathname.endsWith("/retry");

/**
 * The callback of a payment that VTEX was told to wait for, with its status of now. One final status is carried by one
 * notice; what VTEX cancelled itself, or was told at once, it is not told again.
 */
export async function callbackOf(
  deps: VtexDeps,
  connector: Connector,
  { payment, notice }: Readonly<{ payment: Payment; notice: Notice }>,
): Promise<Callback | null> {
  const { client } = deps.database;
  const found = await store.findByCharge(client, payment.id);
  if (!found || found.undefinedAt === null || found.cancellationId !== null) return null;
  const concluded = await conclude(deps, { opened: found, payment, waitMs: 0 });
  const { opened } = concluded;
  if (opened.status === null || !(await store.claimNotice(client, opened.id, notice.type))) return null;
  const url = openCallback(deps, opened);
  if (url === null || !mayCall(connector, url)) {
    const event = url === null ? "vtex.callback-not-opened" : "vtex.callback-not-allowed";
    deps.log("error", event, { charge: payment.id });
    return null;
  }
  const { delayToCancel } = opened.said?.delays ?? { delayToCancel: 0 };
  const isRetry = asksAgain(url);
  return {
    url,
    headers: { ...(isRetry ? {} : { "content-type": "application/json" }), ...partnerOf(connector) },
    body: isRetry ? null : JSON.stringify(createBody(deps, connector, concluded)),
    until: new Date(notice.createdAt.getTime() + Math.max(delayToCancel * 1_000, dayMs)),
    notBefore: new Date(found.undefinedAt.getTime() + restMs),
  };
}
