import { expect, test } from "vitest";
import type { DoorRuntime } from "./context";
import { watch } from "./watch";

const runtime = {
  env: { publicOrigin: "http://farebox.test" },
  access: {
    authenticateKey: async (key: string) =>
      key === "good" ? { kind: "key", keyId: "k", merchantId: "m_1", mode: "test", scopes: [] } : null,
  },
} as unknown as DoorRuntime; // safe: what the door asks for a key is there
const ask = (headers: Record<string, string>) =>
  watch(
    runtime,
    new Request("http://farebox.test/metrics", { headers }),
    async () => new Response("figures"),
  );

test("whoever is on the machine itself may watch, and whoever has a management key", async () => {
  expect((await ask({ "x-farebox-local": "1" })).status).toBe(200);
  expect((await ask({ authorization: "Bearer good" })).status).toBe(200);
});

test("nobody else may, whatever address they say they come from", async () => {
  for (const headers of [{}, { "x-forwarded-for": "127.0.0.1" }, { authorization: "Bearer bad" }]) {
    expect((await ask(headers)).status).toBe(401);
  }
});
