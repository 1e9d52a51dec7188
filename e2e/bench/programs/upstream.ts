// The sold service: one small JSON document, or a stream of events, as fast as it can.
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { eventsPerStream } from "../stream";
import { sayPort } from "./say-port";

const body = Buffer.from(JSON.stringify({ city: "berlin", days: [{ day: 1, sky: "clear", lowCelsius: 4 }] }));

const events = Array.from({ length: eventsPerStream }, (_, n) => `data: {"n":${n}}\n\n`);

async function stream(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) {
    if (response.destroyed) return;
    // Each as a piece of its own, and no faster than it is taken.
    if (!response.write(event)) await once(response, "drain").catch(() => undefined);
    await new Promise(setImmediate);
  }
  response.end("data: [DONE]\n\n");
}

await sayPort(
  createServer((request, response) => {
    if (request.url?.startsWith("/v1/events/")) {
      void stream(response);
      return;
    }
    response.writeHead(200, { "content-type": "application/json", "content-length": body.byteLength });
    response.end(body);
  }),
);
