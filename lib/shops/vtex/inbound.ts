import { newId, sha256 } from "@/lib/kit";
import { written } from "./answer";
import type { Call, VtexDeps } from "./deps";
import { findOpened } from "./operation";
import * as operations from "./operation-store";
import type { InboundBody } from "./read-body";
import { type Reply, reply, VtexRefusal } from "./reply";

type Said = Readonly<{ status: number; contentType: string; content: string }>;

const nothing: Said = { status: 404, contentType: "text/plain", content: "There is no such action." };

/** What a method's own script asks of its rail, passed on; server to server. */
export async function passInbound(
  deps: VtexDeps,
  call: Call,
  { action, body }: Readonly<{ action: string; body: InboundBody }>,
): Promise<Reply> {
  const { client } = deps.database;
  const { paymentId, requestId, requestData } = body;
  const opened = await findOpened(deps, call, paymentId);
  const at = deps.clock.now();
  const requestHash = sha256(requestData.body);
  const operation = await operations.findOrInsert(client, {
    ...{ id: newId("vo", at.getTime()), vtexPaymentId: opened.id, createdAt: at },
    ...{ kind: `inbound:${action}`, requestId, requestHash },
  });
  if (!requestHash.equals(operation.requestHash))
    throw new VtexRefusal(400, "request_changed", "This requestId was used for another request.");
  if (operation.answer !== null) return { status: operation.status ?? 200, text: operation.answer };
  const rail = await deps.rail(opened.merchantId, opened.rail);
  const { chargeId } = opened;
  const payment = chargeId === null ? null : await written(deps, opened, chargeId);
  const said =
    (payment && (await rail?.abilities.inbound?.(action, requestData.body, payment.offer))) ?? nothing;
  const answer = reply(200, {
    requestId,
    paymentId,
    responseData: { statusCode: said.status, contentType: said.contentType, content: said.content },
    code: null,
    message: null,
  });
  const kept = await operations.answerOnce(client, operation.id, {
    ...{ status: answer.status, answer: answer.text, reference: null, at },
  });
  return { status: kept.status, text: kept.answer };
}
