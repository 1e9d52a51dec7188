export type ClientOptions = Readonly<{
  /** Where Farebox answers: its public origin, or the address of its processor surface. */
  baseUrl: string;
  /** The connector's key: it names the merchant, the connector and the mode. */
  apiKey: string;
  /** What the connector calls the rail that payments are opened on. */
  rail: string;
  timeoutMs: number;
}>;

const surface = "/api/processor/v1";
const usualTimeoutMs = 15_000;
const keyShape = /^fbc_(?:test|live)_[\x21-\x7e]{16,200}$/;

/** An option that is missing or malformed; its text names the option and never shows a value. */
export class OptionFault extends Error {
  override name = "OptionFault";
}

function readBaseUrl(value: unknown): string {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : null;
  if (!url || !["http:", "https:"].includes(url.protocol) || url.username || url.password)
    throw new OptionFault("baseUrl must be the http(s) address of a Farebox, without a user name in it.");
  const path = url.pathname.replace(/\/+$/, "");
  return `${url.origin}${path.endsWith(surface) ? path : path + surface}`;
}

function readTimeout(value: unknown): number {
  if (value === undefined) return usualTimeoutMs;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 100 || value > 120_000)
    throw new OptionFault("timeoutMs must be a whole number of milliseconds from 100 to 120000.");
  return value;
}

/** The options of a shop's configuration file, each checked; throws an `OptionFault`. */
export function readClientOptions(options: Readonly<Record<string, unknown>>): ClientOptions {
  const { baseUrl, apiKey, rail, timeoutMs } = options;
  if (typeof apiKey !== "string" || !keyShape.test(apiKey))
    throw new OptionFault("apiKey must be a connector's key, which begins with fbc_test_ or fbc_live_.");
  if (typeof rail !== "string" || !/^\S.{0,62}\S$|^\S$/.test(rail))
    throw new OptionFault("rail must be the name that the connector gives to one of its rails.");
  return { baseUrl: readBaseUrl(baseUrl), apiKey, rail, timeoutMs: readTimeout(timeoutMs) };
}
