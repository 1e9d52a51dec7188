import type { ServiceDocument } from "./schema";
import type { SecretValue } from "./secrets";
import type { Upstream } from "./types";

/** A document's `auth` with its secrets as plain text. */
type Plain<T> = T extends SecretValue ? string : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
type Auth = NonNullable<ServiceDocument["upstream"]["auth"]>;

type Made = Readonly<{ headers: Record<string, string> }> & Pick<Upstream, "query" | "secrets">;

const base64 = (text: string) => Buffer.from(text).toString("base64");

/** What a credential adds to a call, and every form of it that must not come back out. */
export function authOf(given: Auth | undefined): Made {
  const auth = given as Plain<Auth> | undefined; // safe: whoever calls has opened the secrets
  switch (auth?.kind) {
    case undefined:
      return { headers: {}, query: null, secrets: [] };
    case "bearer":
      return { headers: { authorization: `Bearer ${auth.token}` }, query: null, secrets: [auth.token] };
    case "basic": {
      const { username, password = "" } = auth;
      const pair = base64(`${username}:${password}`);
      // An API key may be the name, with no password, as Stripe has it.
      const secrets = [pair, ...(password === "" ? [username] : [password])].filter((text) => text !== "");
      return { headers: { authorization: `Basic ${pair}` }, query: null, secrets };
    }
    case "header":
      return { headers: { [auth.name]: auth.value }, query: null, secrets: [auth.value] };
    case "query":
      return { headers: {}, query: { name: auth.name, value: auth.value }, secrets: [auth.value] };
  }
}
