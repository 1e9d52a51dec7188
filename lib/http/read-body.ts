import { utf8 } from "@/lib/kit";
import { Problem } from "@/lib/problems";

export const bodyBytesUsual = 1024 * 1024;

/** The bytes of a request's body, read no further than the cap. */
export async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new Problem("body-too-large", `Send at most ${Math.floor(bytesMax / 1024)} KiB in one request.`);
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > bytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The JSON of a request's body, read no further than the cap. */
export async function readJson(request: Request, bytesMax: number): Promise<unknown> {
  const text = utf8(await readBytes(request, bytesMax));
  if (text === null) throw new Problem("bad-request", "The body is not UTF-8. Send JSON in UTF-8.");
  if (text.trim() === "") throw new Problem("bad-request", "The body is empty. Send a JSON document.");
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new Problem(
      "bad-request",
      "The body is not JSON. Check it with a JSON validator and send it again.",
      {
        cause,
      },
    );
  }
}
