import { z } from "zod";
import type { Mode } from "@/lib/access";
import { Problem } from "@/lib/problems";
import { type Runtime, type TryItEvent, tryItCases } from "@/lib/runtime";
import type { MerchantFacts } from "../context";

const HeaderLine = z.tuple([
  z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/, "This is not a header name."),
  z.string().max(8_192, "Use at most 8192 characters."),
]);

/** What `POST /api/v1/try-it` takes: a request to a service in test mode, and how it is paid. */
export const TryItBody = z.strictObject({
  service: z.string().min(1).max(100),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
  path: z
    .string()
    .regex(/^\/\S*$/, "Begin the path with a slash, and leave no blanks in it.")
    .max(4_096),
  query: z.string().regex(/^\S*$/, "Encode blanks as %20.").max(8_192).default(""),
  headers: z.array(HeaderLine).max(50, "Send at most 50 headers.").default([]),
  body: z.string().max(262_144).default(""),
  payer: z
    .string()
    .regex(/^[^\p{Cc}]{1,100}$/u, "Write a name of 1 to 100 characters.")
    .default("member"),
  case: z.enum(tryItCases).default("paid"),
  /** Sent instead of paying. */
  credential: z.string().trim().min(1).max(32_768).optional(),
});

type Asked = Readonly<{
  runtime: Pick<Runtime, "tryIt" | "catalog">;
  merchant: MerchantFacts;
  mode: Mode | null;
  body: z.infer<typeof TryItBody>;
}>;

/** Plays one exchange; each line of the answer is a step, told when it happens, and the last is the verdict. */
export async function playTryIt({ runtime, merchant, mode, body }: Asked): Promise<Response> {
  if (mode === "live") throw new Problem("forbidden", "The console works in test mode only.");
  const view = (await runtime.catalog.snapshot()).findMerchantById(merchant.id);
  if (view?.services.get(body.service)?.mode !== "test") {
    throw new Problem("not-found", `There is no service "${body.service}" in test mode.`);
  }
  const { case: played, credential, ...request } = body;
  const how = credential === undefined ? { case: played } : { credential };
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      let isOpen = true;
      const tell = (event: TryItEvent) => {
        try {
          if (isOpen) controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
        } catch {
          isOpen = false; // the reader has left; the exchange ends as it would for any payer
        }
      };
      await runtime.tryIt
        .play(view, { ...request, how }, tell)
        .catch((error) =>
          tell({ type: "fault", detail: Problem.is(error) ? error.message : "Something failed here." }),
        );
      if (isOpen) controller.close();
    },
  });
  return new Response(stream, { headers: { "content-type": "application/x-ndjson; charset=utf-8" } });
}
