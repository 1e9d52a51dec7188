// The peer: a server written with `mppx`, whose one method is judged by arithmetic, in front of the same upstream.
import { createServer } from "node:http";
import { Method } from "mppx";
import { Mppx } from "mppx/server";
import { Agent } from "undici";
import { demoCharge } from "../../networks/demo-payer";
import { tokenFor } from "../token";
import { sayPort } from "./say-port";

const upstream = process.env.BENCH_UPSTREAM ?? "";
const agent = new Agent({ connections: 256, pipelining: 1 });

const payment = Mppx.create({
  realm: "127.0.0.1",
  secretKey: "a secret for the bench, of at least 32 bytes",
  methods: [
    Method.toServer(demoCharge, {
      async verify({ credential: { challenge, payload } }) {
        if (payload.token !== tokenFor(challenge.id)) throw new Error("This token pays for something else.");
        const timestamp = new Date().toISOString();
        return { method: "demo", reference: challenge.id, status: "success", timestamp };
      },
    }),
  ],
});
const answer = Mppx.toNodeListener(
  payment.charge({
    amount: "1",
    currency: "usd",
    recipient: "acme",
    methodDetails: { wallet: `${upstream}/wallet` },
  }),
);

await sayPort(
  createServer((request, response) => {
    const serve = async (): Promise<void> => {
      const { status } = await answer(request, response);
      if (status === 402) return;
      const served = await agent.request({ origin: upstream, path: request.url ?? "/", method: "GET" });
      const bytes = Buffer.from(await served.body.arrayBuffer());
      response.writeHead(served.statusCode, { "content-type": served.headers["content-type"] });
      response.end(bytes);
    };
    serve().catch(() => response.destroy());
  }),
);
