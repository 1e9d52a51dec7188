import type { Connector } from "@/lib/catalog";
import { logCall } from "../connectors/calls";
import type { VtexDeps } from "./deps";
import { hostOf } from "./hosts";
import type { Reply } from "./reply";

type Members = Readonly<Record<string, unknown>>;

const shown = [
  ...["paymentId", "transactionId", "requestId", "settleId", "authorizationId", "tid", "nsu"],
  ...[
    "reference",
    "orderId",
    "paymentMethod",
    "paymentMethodCustomCode",
    "value",
    "currency",
    "installments",
  ],
  ...["verificationOnly", "sandBoxMode", "sandboxMode", "recipients", "applicationId"],
];

/**
 * What is kept of a call for the merchant to read: what it is about. Not the buyer, not a card, and of addresses the
 * host, since their queries let whoever has them speak for us.
 */
export function noted(members: Members): Members {
  const callback = hostOf(members.callbackUrl);
  const known = shown
    .filter((name) => members[name] !== undefined)
    .map((name) => [name, members[name]] as const);
  return Object.fromEntries([
    ...known,
    ...(callback === undefined ? [] : [["callbackUrl", callback] as const]),
  ]);
}

type Seen = Readonly<{
  connector: Connector;
  method: string;
  path: string;
  requestId: string;
  members: Members;
  said: Reply;
  began: number;
}>;

/** Adds a call to the connector's last ones. Nobody who is unknown here can push others out of the list. */
export async function noteCall(deps: VtexDeps, seen: Seen): Promise<void> {
  const { connector, method, path, requestId, members, said, began } = seen;
  if (said.status === 401) return;
  const isSecret = path.startsWith("/authorization/");
  await logCall(deps, {
    ...{ method, path, requestId, connectorId: connector.id, at: deps.clock.now(), status: said.status },
    durationMs: performance.now() - began,
    request: Object.keys(members).length > 0 ? noted(members) : null,
    response: isSecret ? null : (JSON.parse(said.text) as unknown),
  });
}
