import fc from "fast-check";
import { expect, test } from "vitest";
import { capStream, createScrubber, NetError, readAtMost, scrub } from ".";

const secret = 'sk_live/4 2+9&"ü';
const spellings = (text: string) => [
  text,
  encodeURIComponent(text),
  JSON.stringify(text),
  Buffer.from(text).toString("hex"),
  Buffer.from(text).toString("hex").toUpperCase(),
  Buffer.from(text).toString("base64"),
  Buffer.from(`user:${text}`).toString("base64"),
  Buffer.from(`me:${text}:x`).toString("base64url"),
  new URLSearchParams({ text }).toString().slice(5),
  JSON.stringify(text).replaceAll("/", "\\/"),
  JSON.stringify(text).replace(/[<>&']/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`),
  text.replace(/\W/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`),
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;"),
  text.replace(/[&"]/g, (it) => `&#${it.charCodeAt(0)};`),
  encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (it) => it.toLowerCase()),
  encodeURIComponent(encodeURIComponent(text)),
];

async function collect(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).text();
}

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

test.each(spellings(secret))("a secret spelled %s is removed", (spelled) => {
  const clean = scrub(`before ${spelled} after`, ["other-secret", secret]);
  expect(clean).toMatch(/^before .*\[removed\].* after$/);
  for (const each of spellings(secret)) expect(clean).not.toContain(each);
});

test("honest text stays as it is, and short values are left alone", () => {
  expect(scrub("nothing to see", [secret, ""])).toBe("nothing to see");
  expect(scrub("kayak", ["k", "kay"])).toBe("kayak");
});

test("of two secrets the longer is removed whole", () => {
  expect(scrub("abcdefgh", ["abcd", "abcdefgh"])).toBe("[removed]");
});

test("headers lose the secret in values, and a header named by it is dropped", () => {
  const headers = new Headers([
    ["x-echo", "key=topsecret"],
    ["x-topsecret", "1"],
    ["set-cookie", "a=topsecret"],
    ["set-cookie", "b=2"],
  ]);
  expect([...createScrubber(["topsecret"]).headers(headers)]).toEqual([
    ["set-cookie", "a=[removed]"],
    ["set-cookie", "b=2"],
    ["x-echo", "key=[removed]"],
  ]);
});

test("bytes keep their length, and clean bytes are not copied", () => {
  const { bytes } = createScrubber(["topsecret"]);
  const dirty = Buffer.concat([Buffer.of(0xff, 0), Buffer.from("topsecret"), Buffer.of(0xfe)]);
  expect(Buffer.from(bytes(dirty))).toEqual(
    Buffer.concat([Buffer.of(0xff, 0), Buffer.from("*********"), Buffer.of(0xfe)]),
  );
  expect(dirty.includes("topsecret")).toBe(true);
  const clean = Buffer.from("fine");
  expect(bytes(clean)).toBe(clean);
});

test("a stream is scrubbed as the whole would be, however it is cut", async () => {
  const text = "top topsecrettopsecre topsecret 746f70736563726574 tops";
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(cuts, async (sizes) => {
      const pieces: Uint8Array[] = [];
      let at = 0;
      for (let n = 0; at < text.length; n += 1) {
        const size = sizes[n % sizes.length] ?? 1;
        pieces.push(Buffer.from(text.slice(at, at + size)));
        at += size;
      }
      const scrubber = createScrubber(["topsecret", "secretto"]);
      const clean = await collect(streamOf(pieces).pipeThrough(scrubber.stream()));
      expect(clean).toHaveLength(text.length);
      expect(clean).not.toContain("topsecret");
      expect(clean).not.toContain("746f70736563726574");
    }),
  );
});

test("a secret that goes on after another one is removed whole, however it is cut", async () => {
  const pieces = ["x abcd", "efgh abcd", " y"].map((text) => Buffer.from(text));
  const { stream } = createScrubber(["abcd", "abcdefgh"]);
  expect(await collect(streamOf(pieces).pipeThrough(stream()))).toBe("x ******** **** y");
});

test("a stream without a beginning of a secret is not held back", async () => {
  const { readable, writable } = createScrubber(["topsecret"]).stream();
  const writer = writable.getWriter();
  const reader = readable.getReader();
  void writer.write(Buffer.from("event: token\n\n"));
  const { value } = await reader.read();
  expect(Buffer.from(value ?? []).toString()).toBe("event: token\n\n");
});

test("a body is read up to its limit and not beyond", async () => {
  const piece = Buffer.alloc(10, "x");
  expect(await readAtMost(null, 0)).toEqual(new Uint8Array(0));
  expect(await readAtMost(streamOf([piece, piece]), 20)).toEqual(Buffer.alloc(20, "x"));
  expect(await readAtMost(streamOf([piece, piece]), 19)).toBe("too-large");

  let isCancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(piece),
    cancel: () => {
      isCancelled = true;
    },
  });
  expect(await readAtMost(endless, 1_000)).toBe("too-large");
  expect(isCancelled).toBe(true);
});

test("a capped stream gives what fits and then breaks, and its source is let go", async () => {
  const piece = Buffer.alloc(10, "x");
  expect(await collect(capStream(streamOf([piece, piece]), 20))).toHaveLength(20);

  let isCancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(piece),
    cancel: () => {
      isCancelled = true;
    },
  });
  const failure = await collect(capStream(endless, 25)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(NetError);
  expect(isCancelled).toBe(true);
});
