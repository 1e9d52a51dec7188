import { z } from "zod";
import { Problem } from "@/lib/problems";
import type { Runtime } from "@/lib/runtime";

const Paying = z.object({ choice: z.string().max(40).optional() });

type At = { params: Promise<{ id: string }> };
type Run = (runtime: Runtime, id: string, request: Request) => Promise<Response>;

/** What goes wrong is told on a page, with a way back to the payment. */
const route =
  (open: () => Promise<Runtime>, run: Run) =>
  async (request: Request, { params }: At): Promise<Response> => {
    const runtime = await open();
    const { id } = await params;
    try {
      if (request.headers.get("sec-fetch-site") === "cross-site") throw new Problem("forbidden");
      return await run(runtime, id, request);
    } catch (error) {
      if (!Problem.is(error)) runtime.log("error", "checkout.fault", { error: String(error) });
      return runtime.checkouts.refusal(error, `/checkout/payments/${encodeURIComponent(id)}`);
    }
  };

async function pay({ paymentPages }: Runtime, id: string, request: Request): Promise<Response> {
  const form = Paying.safeParse(Object.fromEntries(await request.formData().catch(() => new FormData())));
  if (!form.success) throw new Problem("bad-request", "This form is incomplete. Open the address again.");
  const { choice } = form.data;
  await paymentPages.pay({ id, ...(choice === undefined ? {} : { choice }) });
  const location = `/checkout/payments/${encodeURIComponent(id)}`;
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}

const look: Run = async ({ paymentPages }, id) => {
  await paymentPages.look(id);
  return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
};

const state: Run = async ({ paymentPages }, id) =>
  Response.json(await paymentPages.state(id), { headers: { "cache-control": "no-store" } });

/** The addresses below a shop payment's page that are no pages. */
export const paymentPageRoutesOn = (open: () => Promise<Runtime>) => ({
  pay: route(open, pay),
  look: route(open, look),
  state: route(open, state),
});
