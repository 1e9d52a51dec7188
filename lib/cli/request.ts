import { CommandFault } from "./command";

/** Options of a command that makes a request, named as in curl. */
export const requestOptions = {
  method: { type: "string", short: "X" },
  data: { type: "string", short: "d" },
  header: { type: "string", short: "H", multiple: true },
} as const;

export type Asked = Readonly<{
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | null;
}>;

/** The request that the options describe; a body makes it a POST of JSON unless they say otherwise. */
export function requestOf(url: string, values: { method?: string; data?: string; header?: string[] }): Asked {
  const headers: Record<string, string> = {};
  for (const line of values.header ?? []) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new CommandFault(`"${line}" is not a header. Write -H 'Name: value'.`);
    headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  const body = values.data ?? null;
  if (body !== null && !Object.keys(headers).some((name) => name.toLowerCase() === "content-type")) {
    headers["content-type"] = "application/json";
  }
  return { url, method: (values.method ?? (body === null ? "GET" : "POST")).toUpperCase(), headers, body };
}

/** Sends it; redirects are shown, not followed. */
export async function ask(
  { url, method, headers, body }: Asked,
  more: Record<string, string> = {},
): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      headers: { ...headers, ...more },
      redirect: "manual",
      ...(body === null ? {} : { body }),
    });
  } catch (cause) {
    throw new CommandFault(`Nothing answers at ${new URL(url).origin}. Is Farebox running?`, { cause });
  }
}
