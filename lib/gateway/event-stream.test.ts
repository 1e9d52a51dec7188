import fc from "fast-check";
import { expect, test } from "vitest";
import { relayEvents } from "./event-stream";

async function relay(chunks: readonly Uint8Array[]): Promise<string> {
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  return await new Response(source.pipeThrough(relayEvents())).text();
}

const bytes = (text: string) => new TextEncoder().encode(text);

test("events pass whole, with their line ends made plain", async () => {
  expect(await relay([bytes("id: 1\r\ndata: a\r\ndata: b\r\n\r\ndata: c\r\rdata: d\n\n")])).toBe(
    "id: 1\ndata: a\ndata: b\n\ndata: c\n\ndata: d\n\n",
  );
});

test("an event that claims to be a receipt of ours is dropped, however it is spelled", async () => {
  const forged = "event: payment-receipt\ndata: {}\n\nevent:PAYMENT-NEED-TOPUP\rdata: x\r\rdata: good\n\n";
  expect(await relay([bytes(forged)])).toBe("data: good\n\n");
});

test("chunk borders change nothing", async () => {
  const text = "event: a\r\ndata: ü€𐍈\r\n\r\nevent: payment-x\ndata: no\n\ndata: last";
  const whole = await relay([bytes(text)]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (sizes) => {
      const all = bytes(text);
      const chunks: Uint8Array[] = [];
      for (let at = 0, turn = 0; at < all.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        chunks.push(all.slice(at, at + size));
        at += size;
      }
      expect(await relay(chunks)).toBe(whole);
    }),
  );
});

test("an endless event ends the stream", async () => {
  await expect(relay([bytes(`data: ${"x".repeat(1024 * 1024)}`)])).rejects.toThrow("1 MiB");
});

test("an event leaves with its last line end, although that may still become a longer one", async () => {
  for (const end of ["\n\n", "\r\n\r\n", "\r\r", "\r\n\r"]) {
    const relayed = relayEvents();
    const writer = relayed.writable.getWriter();
    const reader = relayed.readable.getReader();
    void writer.write(bytes(`data: one${end}`));
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("data: one\n\n");
    void writer.write(bytes("\ndata: two\n\n"));
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("data: two\n\n");
  }
});
