import { listCalls, listLastCalls } from "./connectors/call-store";
import type { ShopDeps } from "./deps";
import { type NoticeMaker, noticeMessages } from "./notify/message";
import { forgetAnswers } from "./rest/answer-store";
import { handleRest } from "./rest/rest";

const answersKeptMs = 30 * 24 * 60 * 60_000;
const forgetEveryMs = 60 * 60_000;

export type Shops = ReturnType<typeof createShops>;

/** The faces that shops talk to, and what is known of their calls. */
export function createShops(deps: ShopDeps, makers: Readonly<{ vtex?: NoticeMaker }> = {}) {
  const { client } = deps.database;
  return {
    rest: (request: Request): Promise<Response> => handleRest(deps, request),
    /** What a shop is told now, for the sender. */
    message: noticeMessages(deps, makers),
    calls: {
      /** The last calls of a connector, newest first, at most a hundred. */
      list: (connectorId: string, take?: number) => listCalls(client, connectorId, take),
      /** The last call of each of these. */
      last: (connectorIds: readonly string[]) => listLastCalls(client, connectorIds),
    },
    steps: [
      {
        kind: "shops.forget",
        everyMs: forgetEveryMs,
        run: () => forgetAnswers(client, new Date(deps.clock.now().getTime() - answersKeptMs)),
      },
    ],
  };
}
