import { z } from "zod";
import { NetError, readAtMost } from "@/lib/net";
import type { Kit } from "../contract";
import { signatureHeaders } from "./signature";

const answerBytesMax = 64 * 1024;
const digits = z.string().regex(/^(?:0|[1-9]\d{0,19})$/);
const reference = z.string().regex(/^[\x21-\x7e]{1,200}$/);

const Approved = z.object({
  status: z.literal("approved"),
  reference,
  amount: digits.optional(),
  currency: z.string().optional(),
  network: z.string().optional(),
  refunded: digits.optional(),
});
const Declined = z.object({ status: z.literal("declined"), code: z.string().optional() });
const BadToken = z.object({ code: z.literal("bad_token") });
const Returned = z.object({ status: z.literal("settled"), reference });

/** Why an acquirer said no, in words that repeat nothing of what it was told. */
export type DeclineClass = "card" | "insufficient" | "expired" | "malformed";

export type ChargeAnswer = Readonly<
  | ({ kind: "approved" } & Omit<z.infer<typeof Approved>, "status">)
  | { kind: "declined"; reason: DeclineClass }
  | { kind: "absent" }
  /** Certainly nothing was asked. */
  | { kind: "unreached"; reason: string }
  /** It may have acted, and may act still. */
  | { kind: "unknown"; reason: string }
>;
export type RefundAnswer = Readonly<
  | { kind: "settled"; reference: string }
  | { kind: "refused" }
  | Extract<ChargeAnswer, { kind: "unreached" | "unknown" }>
>;

type Door = Readonly<{ url: string; key: string; timeoutMs: number }>;
type Asked = Readonly<{
  method: "GET" | "POST";
  path: string;
  idempotencyKey?: string;
  body?: object;
  signal: AbortSignal;
  at: Date;
}>;
type Heard =
  | Readonly<{ status: number; body: unknown }>
  | Extract<ChargeAnswer, { kind: "unreached" | "unknown" }>;

/** Codes are free text of an acquirer: they are sorted into the four classes, and never kept. */
function classOf(code = ""): DeclineClass {
  if (/insufficient|over.?limit|funds/i.test(code)) return "insufficient";
  return /expired/i.test(code) ? "expired" : "card";
}

function chargeAnswer(heard: Heard): ChargeAnswer {
  if ("kind" in heard) return heard;
  const { status, body } = heard;
  const approved = status === 200 ? Approved.safeParse(body) : null;
  if (approved?.success) {
    const { status: _status, ...facts } = approved.data;
    return { kind: "approved", ...facts };
  }
  const declined = status === 402 || status === 200 ? Declined.safeParse(body) : null;
  if (declined?.success) return { kind: "declined", reason: classOf(declined.data.code) };
  if (status === 400 && BadToken.safeParse(body).success) return { kind: "declined", reason: "malformed" };
  return { kind: "unknown", reason: `The enabler answered ${status}.` };
}

/** The acquirer's side, over HTTP. Nothing it says is repeated: it may echo what it was asked with. */
export function createEnabler({ url, key, timeoutMs }: Door, kit: Kit) {
  const base = url.replace(/\/+$/, "");

  async function hear({ method, path, idempotencyKey, body, signal, at }: Asked): Promise<Heard> {
    const address = `${base}${path}`;
    const { pathname, search } = new URL(address);
    const text = body === undefined ? "" : JSON.stringify(body);
    const call = {
      method,
      path: `${pathname}${search}`,
      idempotencyKey: idempotencyKey ?? "",
      body: text,
      at,
    };
    try {
      const answer = await kit.fetch(address, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          accept: "application/json",
          ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...signatureHeaders(key, call),
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        redirect: "manual",
        ...(body === undefined ? {} : { body: text }),
      });
      const { status } = answer;
      if (status === 401 || status === 403) kit.log("card.misconfigured", { status });
      return { status, body: await read(answer) };
    } catch (error) {
      // Whoever has stopped listening learns nothing from a call that was not made.
      const isUnsent =
        error instanceof NetError && (error.kind === "blocked" || error.kind === "not-reached");
      return isUnsent && !signal.aborted
        ? { kind: "unreached", reason: "The enabler could not be reached." }
        : { kind: "unknown", reason: "The enabler did not answer." };
    }
  }

  return {
    charge: async (charge: Omit<Asked, "method" | "path">): Promise<ChargeAnswer> =>
      chargeAnswer(await hear({ ...charge, method: "POST", path: "/charges" })),

    /** By challenge id or by reference. */
    async find(name: string, { signal, at }: Pick<Asked, "signal" | "at">): Promise<ChargeAnswer> {
      const heard = await hear({ method: "GET", path: `/charges/${encodeURIComponent(name)}`, signal, at });
      if ("status" in heard && heard.status === 404) return { kind: "absent" };
      return chargeAnswer(heard);
    },

    async refund(charge: string, refund: Omit<Asked, "method" | "path">): Promise<RefundAnswer> {
      const path = `/charges/${encodeURIComponent(charge)}/refunds`;
      const heard = await hear({ ...refund, method: "POST", path });
      if ("kind" in heard) return heard;
      if (heard.status === 422) return { kind: "refused" };
      const returned = heard.status === 200 ? Returned.safeParse(heard.body) : null;
      return returned?.success
        ? { kind: "settled", reference: returned.data.reference }
        : { kind: "unknown", reason: `The enabler answered ${heard.status}.` };
    },

    /** The status of a look-up of something that does not exist; `null` when there was no answer. */
    async knock(name: string, { signal, at }: Pick<Asked, "signal" | "at">): Promise<number | null> {
      const heard = await hear({ method: "GET", path: `/charges/${encodeURIComponent(name)}`, signal, at });
      return "status" in heard ? heard.status : null;
    },
  };
}

async function read(answer: Response): Promise<unknown> {
  const bytes = await readAtMost(answer.body, answerBytesMax);
  if (bytes === "too-large") return null;
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8")) as unknown;
  } catch {
    return null;
  }
}

export type Enabler = ReturnType<typeof createEnabler>;
