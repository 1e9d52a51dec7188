// The sold service: one small JSON document, as fast as it can.
import { createServer } from "node:http";
import { sayPort } from "./say-port";

const body = Buffer.from(JSON.stringify({ city: "berlin", days: [{ day: 1, sky: "clear", lowCelsius: 4 }] }));

await sayPort(
  createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": body.byteLength });
    response.end(body);
  }),
);
