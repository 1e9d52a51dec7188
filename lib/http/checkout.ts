import { isIP } from "node:net";
import { z } from "zod";
import { newToken } from "@/lib/kit";
import { Problem, problemResponse } from "@/lib/problems";
import { browserHeaders, type Runtime } from "@/lib/runtime";
import { showLogo } from "./records/logo";

const Opening = z.object({
  for: z.string().regex(/^\/(?:pay\/[\x21-\x7e]{1,4000}|checkout\/links\/[\w-]{22})$/),
  method: z.string().regex(/^[a-z][a-z-]{0,39}$/),
  key: z.string().regex(/^[\w-]{16,64}$/),
  another: z.literal("1").optional(),
});
const Choosing = z.object({
  method: z.string().regex(/^[a-z][a-z-]{0,39}$/),
  fresh: z.literal("1").optional(),
});
const Paying = z.object({ attempt: z.string().max(60), choice: z.string().max(40).optional() });

type At = { params: Promise<{ id?: string; token?: string }> };
type Known = Readonly<{ runtime: Runtime; request: Request; id: string }>;

const cookieName = "farebox.checkout";
const cookieSeconds = 24 * 60 * 60;

/** What this browser is known by on these pages, and nowhere else. */
function visitorOf(request: Request): { visitor: string; isNew: boolean } {
  const found = /(?:^|;\s*)farebox\.checkout=([\w-]{32})(?:;|$)/.exec(
    request.headers.get("cookie") ?? "",
  )?.[1];
  return found ? { visitor: found, isNew: false } : { visitor: newToken(24), isNew: true };
}

function cookieOf(visitor: string, origin: string): string {
  const secure = origin.startsWith("https:") ? "; Secure" : "";
  return `${cookieName}=${visitor}; Path=/checkout; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

const peerOf = ({ headers }: Request): string => {
  const peer = headers.get("x-forwarded-for") ?? "";
  return isIP(peer) ? peer : "127.0.0.1";
};

async function readForm<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const form = await request.formData().catch(() => new FormData());
  const parsed = schema.safeParse(Object.fromEntries(form));
  if (!parsed.success) throw new Problem("bad-request", "This form is incomplete. Open the address again.");
  return parsed.data;
}

/** After a form comes a page of its own, so that reload and Back send nothing again. */
const seeOther = (path: string, headers: Record<string, string> = {}): Response =>
  new Response(null, { status: 303, headers: { location: path, "cache-control": "no-store", ...headers } });

/** A form of the checkout. What goes wrong is told on a page. */
const form =
  (
    back: (known: Known) => string | null,
    run: (known: Known) => Promise<Response>,
    open: () => Promise<Runtime>,
  ) =>
  async (request: Request, route?: At): Promise<Response> => {
    const runtime = await open();
    const known = { runtime, request, id: (await route?.params)?.id ?? "" };
    try {
      if (request.headers.get("sec-fetch-site") === "cross-site" && route) throw new Problem("forbidden");
      return await run(known);
    } catch (error) {
      if (!Problem.is(error)) runtime.log("error", "checkout.fault", { error: String(error) });
      return runtime.checkouts.refusal(error, back(known));
    }
  };

const toPage = ({ id }: Known): string | null => (id === "" ? null : `/checkout/${encodeURIComponent(id)}`);

async function open({ runtime, request }: Known): Promise<Response> {
  const { for: target, method, key, another } = await readForm(request, Opening);
  const { visitor, isNew } = visitorOf(request);
  const opened = await runtime.checkouts.open({
    target,
    method,
    key,
    visitor,
    headers: browserHeaders(request.headers),
    peer: peerOf(request),
    isAnother: another === "1",
  });
  if (opened.outcome === "free") return seeOther(opened.target);
  const cookie = isNew ? { "set-cookie": cookieOf(visitor, runtime.checkouts.origin) } : undefined;
  return seeOther(`/checkout/${opened.id}`, cookie);
}

async function choose(known: Known): Promise<Response> {
  const { method, fresh } = await readForm(known.request, Choosing);
  const { id } = known;
  await known.runtime.checkouts.choose({ id, method, peer: peerOf(known.request), isFresh: fresh === "1" });
  return seeOther(`/checkout/${id}`);
}

async function pay({ runtime, request, id }: Known): Promise<Response> {
  const { attempt, choice } = await readForm(request, Paying);
  await runtime.checkouts.pay({ id, attemptId: attempt, ...(choice === undefined ? {} : { choice }) });
  return seeOther(`/checkout/${id}`);
}

async function state({ runtime, id }: Known): Promise<Response> {
  return Response.json(await runtime.checkouts.state(id), { headers: { "cache-control": "no-store" } });
}

/** The browser comes back from paying elsewhere: what became of it is asked at once. */
async function look({ runtime, id }: Known): Promise<Response> {
  await runtime.checkouts.look(id);
  return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
}

const shownInline = /^(?:text\/plain|application\/(?:json|pdf)|image\/(?:png|jpeg|gif|webp))\b/;
const passed = ["content-type", "content-language", "content-disposition"];

/** What was bought, as bytes and never as a page of ours: no script of it runs, and no frame holds it. */
async function answer({ runtime, id }: Known): Promise<Response> {
  const found = await runtime.checkouts.answer(id);
  if (!found) throw new Problem("not-found", "What was bought is not kept here any more. The receipt is.");
  const headers = new Headers({
    "cache-control": "private, no-store",
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
  });
  for (const name of passed) {
    const value = found.headers[name];
    if (value !== undefined) headers.set(name, value);
  }
  if (!shownInline.test(headers.get("content-type") ?? "")) headers.set("content-disposition", "attachment");
  return new Response(found.body as BodyInit, { headers });
}

async function paper({ runtime, id }: Known): Promise<Response> {
  const bytes = await runtime.checkouts.paper(id);
  return new Response(bytes as BodyInit, {
    headers: {
      "content-type": "application/pdf",
      "content-disposition": `inline; filename="receipt-${id}.pdf"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

/** A payment link as a person reads it; what goes wrong is a page as well. */
const linkOn =
  (open: () => Promise<Runtime>) =>
  async (request: Request, route: At): Promise<Response> => {
    const runtime = await open();
    try {
      const { token = "" } = await route.params;
      const headers = browserHeaders(request.headers);
      return await runtime.checkouts.links.page({ token, headers, peer: peerOf(request) });
    } catch (error) {
      if (!Problem.is(error)) runtime.log("error", "checkout.fault", { error: String(error) });
      return runtime.checkouts.refusal(error, null);
    }
  };

type LogoAt = { params: Promise<{ merchant?: string; hash?: string }> };

/** A merchant's picture, for whoever pays. Its address changes with it, so that it may be kept for good. */
const logoOn =
  (open: () => Promise<Runtime>) =>
  async (_request: Request, { params }: LogoAt): Promise<Response> => {
    const { catalog } = await open();
    const { merchant = "", hash } = await params;
    const found = (await catalog.snapshot()).findMerchant(merchant)?.merchant;
    const logo = found?.brand.logo?.sha256 === hash ? await catalog.logos.find(found?.id ?? "") : null;
    if (logo && logo.sha256 === hash) return showLogo(logo, "public, max-age=31536000, immutable");
    return problemResponse(new Problem("not-found", "There is no such picture."));
  };

/** The addresses of the checkout that are no pages. */
export const checkoutRoutesOn = (runtime: () => Promise<Runtime>) => ({
  open: form(() => null, open, runtime),
  choose: form(toPage, choose, runtime),
  pay: form(toPage, pay, runtime),
  state: form(toPage, state, runtime),
  look: form(toPage, look, runtime),
  answer: form(toPage, answer, runtime),
  paper: form(toPage, paper, runtime),
  link: linkOn(runtime),
  logo: logoOn(runtime),
});
