import { afterAll, beforeAll, expect, test } from "vitest";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";

let world: PaidWorld;

beforeAll(async () => {
  world = await createPaidWorld({ processes: 1 });
});
afterAll(() => world.close());

test("a stream stays its process's to deliver until its end has left", async () => {
  const [runtime] = world.runtimes;
  if (!runtime) throw new Error("There is a process.");
  world.upstream.answer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end("data: one\n\ndata: two\n\n");
  });
  const target = "/pay/acme/api/v1/cheap/7";
  const authorization = await world.credential("/v1/cheap/7");
  const afterwards: (() => void)[] = [];
  const answer = await runtime.gateway.handle(
    new Request(`http://farebox.test${target}`, { headers: { authorization } }),
    {
      target,
      rawHeaders: [["authorization", authorization]],
      peer: "127.0.0.1",
      secure: false,
      onSent: (act) => void afterwards.push(act),
    },
  );
  expect(await answer.text()).toBe("data: one\n\ndata: two\n\n");
  const { client } = runtime.database;
  const leaving = await client.charge.findFirstOrThrow();
  expect(leaving).toMatchObject({ delivery: "delivered" });
  expect(leaving.owner).not.toBeNull();

  for (const act of afterwards) act();
  await expect.poll(async () => (await client.charge.findFirstOrThrow()).owner).toBeNull();
});
