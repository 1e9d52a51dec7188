import { isObject, listOf } from "../faults";

type Server = Readonly<{
  /** `null` when the description gives a path only. */
  origin: string | null;
  /** Without a slash at its end: empty for the root. */
  basePath: string;
}>;

/** The address of the first server, variables filled in with their defaults. */
export function serverOf(part: unknown): Server | null {
  const [first] = listOf(part, "servers");
  const { url, variables } = isObject(first) ? first : {};
  if (typeof url !== "string") return null;
  const filled = url.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const variable = isObject(variables) && Object.hasOwn(variables, name) ? variables[name] : undefined;
    return isObject(variable) && typeof variable.default === "string" ? variable.default : "";
  });
  const isAbsolute = /^https?:\/\//i.test(filled);
  const base = "http://relative.invalid";
  if (!URL.canParse(filled, base)) return null;
  const { origin, pathname } = new URL(filled, base);
  return { origin: isAbsolute ? origin : null, basePath: pathname.replace(/\/+$/, "") };
}

/**
 * What stands between a service's upstream address and the paths of a description: nothing when the address ends with
 * the server's base path already, else the part of it that is missing.
 */
export function prefixFor(upstreamUrl: string, server: Server | null): string {
  if (!server || server.basePath === "") return "";
  const own = new URL(upstreamUrl).pathname.replace(/\/+$/, "");
  if (own.endsWith(server.basePath)) return "";
  if (own === "") return server.basePath;
  return server.basePath.startsWith(`${own}/`) ? server.basePath.slice(own.length) : "";
}
