import { describe, expect, test } from "vitest";
import { NetError } from "@/lib/net";
import { fetchDescription } from "./fetch-description";

const answering = (answer: () => Response) => async () => answer();
const failing = (error: Error) => async () => {
  throw error;
};
const read = (fetch: Parameters<typeof fetchDescription>[0]) =>
  fetchDescription(fetch, "https://api.example.com/openapi.json");

describe("a description at an address", () => {
  test("is read as text, whatever type it is said to have", async () => {
    const fetch = answering(
      () => new Response("openapi: 3.1.0 # é", { headers: { "content-type": "text/html" } }),
    );
    expect(await read(fetch)).toEqual({ ok: true, text: "openapi: 3.1.0 # é" });
  });

  test.each([
    ["is not there", answering(() => new Response("no", { status: 404 })), "answers 404."],
    [
      "moved",
      answering(() => new Response(null, { status: 301, headers: { location: "http://10.0.0.1/" } })),
      "redirects are not followed",
    ],
    ["is private", failing(new NetError("blocked", "This address is private.")), "This address is private."],
    ["answers nothing", failing(new NetError("timeout", "10.0.0.1 was too slow")), "cannot be reached"],
    [
      "never ends",
      answering(
        () =>
          new Response(
            new ReadableStream({
              pull: (controller) => controller.enqueue(new Uint8Array(1_048_576)),
            }),
          ),
      ),
      "larger than 16 MiB",
    ],
  ])("that %s is refused with the reason", async (_, fetch, reason) => {
    const answer = await read(fetch);
    expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
    expect(JSON.stringify(answer)).not.toContain("10.0.0.1");
  });

  test("does not hide a fault of ours", async () => {
    await expect(read(failing(new Error("a bug")))).rejects.toThrow("a bug");
  });
});
