import { randomBytes } from "node:crypto";
import { started } from "./started";

/** A call of the management API with the installation's key. */
export async function manage(path: string, init: RequestInit = {}): Promise<Response> {
  const { origin, apiKey } = started();
  return await fetch(`${origin}/api/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...init.headers },
  });
}

type Endpoint = Readonly<Record<string, unknown>>;

const usual: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/v1/forecast/{city}",
    price: { amount: "0.01", currency: "USD" },
    description: "Forecast",
  },
  { method: "GET", path: "/v1/stream/{city}", price: { amount: "0.02", currency: "USD" } },
  { method: "POST", path: "/v1/echo", price: { amount: "0.03", currency: "USD" } },
  { method: "GET", path: "/v1/status", free: true },
];

/** Makes a merchant of the story's own, with the demo rail and one service; answers its slug. */
export async function newMerchant(
  endpoints: readonly Endpoint[] = usual,
  upstream?: string,
): Promise<string> {
  const slug = `m${randomBytes(5).toString("hex")}`;
  const document = {
    version: 1,
    merchant: { slug, name: "Acme", currency: "USD", timeZone: "Europe/Berlin" },
    rails: [{ id: "demo", kind: "demo", mode: "test" }],
    services: [
      {
        slug: "weather",
        title: "Weather",
        mode: "test",
        kind: "http",
        upstream: { url: upstream ?? `${started().origin}/demo/upstream` },
        rails: ["demo"],
        endpoints,
      },
    ],
  };
  const answer = await manage("/config", { method: "PUT", body: JSON.stringify(document) });
  if (!answer.ok) throw new Error(`PUT /config answered ${answer.status}: ${await answer.text()}`);
  return slug;
}

export const paidUrl = (merchant: string, path: string): string =>
  `${started().origin}/pay/${merchant}/weather${path}`;
