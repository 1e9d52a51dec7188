/**
 * - `blocked`: we refuse to make this call.
 * - `not-reached`: the call was given up before a byte of the request could have left.
 * - `timeout`: the other side was silent for too long after that.
 * - `broken`: the exchange was lost, cut or unreadable after that.
 */
export type NetFault = "blocked" | "not-reached" | "timeout" | "broken";

/** Why a call has no (whole) answer. Only `timeout` and `broken` leave open whether the other side acted. */
export class NetError extends Error {
  override name = "NetError";
  /** The connection went away before anything was answered, as one does that was kept too long. */
  readonly wasLost: boolean;

  constructor(
    readonly kind: NetFault,
    message: string,
    options?: ErrorOptions & { wasLost?: boolean },
  ) {
    super(message, options);
    this.wasLost = options?.wasLost ?? false;
  }
}

const unresolved = ["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "ENODATA", "ESERVFAIL"];

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

const lost = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"];

type Progress = Readonly<{ host: string; wasSent: boolean; wasAnswered: boolean }>;

/** An error of the layers below, told with the host and an error code and nothing else of the request. */
export function toNetError(error: unknown, { host, wasSent, wasAnswered }: Progress): NetError {
  if (error instanceof NetError) return error;
  const code = codeOf(error);
  const suffix = code ? ` (${code})` : "";
  if (!wasSent) {
    const what = unresolved.includes(code) ? "does not resolve" : "could not be reached";
    return new NetError("not-reached", `${host} ${what}${suffix}.`);
  }
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    return new NetError("broken", `${host} answered with too many headers.`);
  }
  const wasLost = !wasAnswered && lost.includes(code);
  return new NetError("broken", `The exchange with ${host} broke off${suffix}.`, { wasLost });
}
