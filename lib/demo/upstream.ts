import { sha256 } from "@/lib/kit";
import { Problem } from "@/lib/problems";

const skies = ["clear", "fair", "cloudy", "overcast", "light rain", "showers", "fog", "snow"] as const;
const bodyMaxBytes = 1024 * 1024;

/** A forecast that depends on the city's name alone, so that every call tells the same. */
function forecastOf(city: string) {
  const bytes = sha256(city.toLowerCase());
  const days = Array.from({ length: 5 }, (_, place) => {
    const low = (bytes[place] ?? 0) % 20;
    return {
      day: place + 1,
      sky: skies[(bytes[place + 5] ?? 0) % skies.length],
      lowCelsius: low,
      highCelsius: low + 3 + ((bytes[place + 10] ?? 0) % 9),
      rainPercent: (bytes[place + 15] ?? 0) % 101,
    };
  });
  return { city, days };
}

function eventStream(city: string): Response {
  const { days } = forecastOf(city);
  const events = days.map((day) => `event: forecast\ndata: ${JSON.stringify({ city, ...day })}\n\n`);
  const text = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const event = events.shift();
      if (event === undefined) {
        controller.enqueue(text.encode("data: [DONE]\n\n"));
        controller.close();
        return;
      }
      controller.enqueue(text.encode(event));
    },
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
}

async function echo(request: Request, { pathname, search }: URL): Promise<Response> {
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.byteLength > bodyMaxBytes) throw new Problem("body-too-large");
  return Response.json({
    method: request.method,
    path: pathname,
    query: search.slice(1),
    headers: Object.fromEntries(request.headers),
    body: new TextDecoder().decode(body),
  });
}

function cityOf(segment: string): string {
  try {
    const city = decodeURIComponent(segment);
    if (city.length >= 1 && city.length <= 100) return city;
  } catch {
    // A broken escape names no city; it is refused like any other name that is none.
  }
  throw new Problem("not-found", "There is no such city.");
}

/** The small service that a fresh installation sells: `/v1/forecast/{city}`, `/v1/stream/{city}`, `/v1/status`, `/v1/echo`. */
export async function answerUpstream(request: Request, url: URL, path: readonly string[]): Promise<Response> {
  const [version, what, city, ...rest] = path;
  if (version !== "v1" || rest.length > 0) throw new Problem("not-found");
  if (what === "echo" && city === undefined) return await echo(request, url);
  const known = what === "status" ? city === undefined : ["forecast", "stream"].includes(what ?? "") && city;
  if (!known) throw new Problem("not-found");
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new Problem("method-not-allowed", undefined, { headers: { allow: "GET" } });
  }
  if (what === "status") return Response.json({ status: "ok" });
  return what === "stream" ? eventStream(cityOf(city ?? "")) : Response.json(forecastOf(cityOf(city ?? "")));
}
