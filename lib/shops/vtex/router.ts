import type { Connector } from "@/lib/catalog";
import { askMember, beginAuthorization, giveCredentials } from "./authorize";
import { cancelPayment } from "./cancel";
import { createPayment } from "./create";
import type { Call, VtexDeps } from "./deps";
import { passInbound } from "./inbound";
import { manifest, paymentMethods } from "./manifest";
import type { OperationKind } from "./operation";
import { type OperationBody, readInbound, readOperation } from "./read-body";
import { refundPayment } from "./refund";
import { type Reply, VtexRefusal } from "./reply";
import { settlePayment } from "./settle";

type Members = Readonly<Record<string, unknown>>;

export type Routed = Readonly<{
  deps: VtexDeps;
  connector: Connector;
  query: URLSearchParams;
  /** What the path says, in order. */
  names: readonly string[];
  members: Members;
  call: Call;
}>;

export type Route = Readonly<{
  method: "GET" | "POST";
  path: RegExp;
  /** Credentials are asked for, but where they are first to be had. */
  isOpen?: true;
  /** Answers of operations have their own members, refusals too. */
  kind?: OperationKind;
  run(routed: Routed): Promise<Reply> | Reply;
}>;

/** The body names the payment that the path names, or it is refused. */
function sameId<T extends { paymentId: string }>(body: T, names: readonly string[]): T {
  if (body.paymentId !== names[0])
    throw new VtexRefusal(400, "malformed", "paymentId is not the one in the address.");
  return body;
}

const operation = (
  kind: OperationKind,
  path: RegExp,
  run: (deps: VtexDeps, call: Call, body: OperationBody) => Promise<Reply>,
): Route => ({
  ...{ method: "POST", path, kind },
  run: ({ deps, call, members, names }) => run(deps, call, sameId(readOperation(members), names)),
});

export const routes: readonly Route[] = [
  {
    method: "GET",
    path: /^manifest$/,
    isOpen: true,
    run: ({ deps, connector }) => manifest(deps, connector),
  },
  {
    ...{ method: "GET", path: /^payment-methods$/, isOpen: true },
    run: ({ deps, connector }) => paymentMethods(deps, connector),
  },
  {
    method: "POST",
    path: /^payments$/,
    run: ({ deps, call, members }) => createPayment(deps, call, members),
  },
  operation("cancel", /^payments\/([^/]+)\/cancellations$/, cancelPayment),
  operation("settle", /^payments\/([^/]+)\/settlements$/, settlePayment),
  operation("refund", /^payments\/([^/]+)\/refunds$/, refundPayment),
  {
    ...{ method: "POST", path: /^payments\/([^/]+)\/inbound(?:-request)?\/([^/]{1,64})$/ },
    run: ({ deps, call, members, names }) =>
      passInbound(deps, call, { action: names[1] ?? "", body: sameId(readInbound(members), names) }),
  },
  {
    ...{ method: "POST", path: /^authorization\/token$/, isOpen: true },
    run: ({ deps, connector, members }) => beginAuthorization(deps, connector, members),
  },
  {
    ...{ method: "GET", path: /^authorization\/redirect$/, isOpen: true },
    run: ({ deps, connector, query }) => askMember(deps, connector, query),
  },
  {
    ...{ method: "GET", path: /^authorization\/credentials$/, isOpen: true },
    run: ({ deps, connector, query }) => giveCredentials(deps, connector, query),
  },
];
