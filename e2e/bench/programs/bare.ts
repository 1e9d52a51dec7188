// The floor: `node:http` with an answer made in advance, and the shortest way to the upstream.
import { createServer } from "node:http";
import { Agent } from "undici";
import { sayPort } from "./say-port";

const upstream = process.env.BENCH_UPSTREAM ?? "";
const agent = new Agent({ connections: 256, pipelining: 1 });
const demand = Buffer.from(process.env.BENCH_DEMAND ?? "");
const headers = [
  ...["content-type", "application/problem+json", "content-length", String(demand.byteLength)],
  ...["cache-control", "no-store", "www-authenticate", process.env.BENCH_CHALLENGE ?? ""],
];

await sayPort(
  createServer((request, response) => {
    if (request.headers.authorization === undefined) {
      response.writeHead(402, headers);
      response.end(demand);
      return;
    }
    agent
      .request({ origin: upstream, path: request.url ?? "/", method: "GET" })
      .then(async ({ statusCode, headers: { "content-type": type }, body }) => {
        const bytes = Buffer.from(await body.arrayBuffer());
        response.writeHead(statusCode, { "content-type": type, "content-length": bytes.byteLength });
        response.end(bytes);
      })
      .catch(() => response.destroy());
  }),
);
