/** What the platform can take off. */
const formats: Readonly<Record<string, CompressionFormat>> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
};

/**
 * An answer without its content encoding, which is asked for and not always given: what is compressed can be neither
 * searched for secrets nor capped honestly. `null` when the encoding cannot be taken off.
 */
export function withoutEncoding(answer: Response): Response | null {
  const encoding = (answer.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (!answer.body || encoding === "identity" || encoding === "") return answer;
  const format = formats[encoding];
  if (!format || answer.status === 206) return null; // a part of something compressed cannot be opened
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length", "accept-ranges"]) headers.delete(name);
  const opened = answer.body.pipeThrough(new DecompressionStream(format));
  return new Response(opened, { status: answer.status, headers });
}
