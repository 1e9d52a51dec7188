import { once } from "node:events";
import { createServer } from "node:http";

type Heard = Readonly<{
  method: string;
  path: string;
  key: string | null;
  body: unknown;
  authorization: string | null;
}>;
/** `lost`: the request arrives and its answer does not. */
type Answer = Readonly<{ status?: number; body?: unknown; headers?: Record<string, string> }> | "lost";

/** A Farebox of paper, for the tests of this package: it says what it was told to say, in order, and writes down what it heard. */
export async function recordedFarebox(answers: readonly Answer[]) {
  const heard: Heard[] = [];
  const left = [...answers];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    heard.push({
      method: request.method ?? "",
      path: request.url ?? "",
      key: request.headers["idempotency-key"]?.toString() ?? null,
      body: text === "" ? null : JSON.parse(text),
      authorization: request.headers.authorization ?? null,
    });
    const answer = left.shift() ?? { status: 500, body: {} };
    if (answer === "lost") return request.socket.destroy();
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    heard,
    options: {
      baseUrl: `http://127.0.0.1:${port}/api/processor/v1`,
      apiKey: "fbc_test_0123456789abcdef",
      rail: "Card",
      timeoutMs: 2_000,
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export const aPayment = (over: Readonly<Record<string, unknown>> = {}) => ({
  id: "ch_71C",
  status: "authorized",
  amount: "100.00",
  currency: "usd",
  externalRef: "payses_01",
  captured: "0.00",
  refunded: "0.00",
  captures: "multiple",
  nextAction: null,
  expiresAt: "2027-01-01T12:00:00Z",
  ...over,
});
