import { errorText, FailpointReached, failpoint } from "@/lib/kit";
import type { Use } from "@/lib/processor";
import type { GatewayDeps, Visit } from "./deps";
import type { Sessions } from "./session-check";
import { createStreamMeter, meterOf, readEvent } from "./session-meter";
import { costOf, endOf, railView, type Serve, servedHeaders } from "./session-receipt";
import type { UpstreamAnswer } from "./upstream";

type Streamed = Extract<UpstreamAnswer, { outcome: "stream" }>;

type SessionEvent = ReturnType<Sessions["words"]["receipt"]>;

/** How often a waiting stream looks at its channel when nobody tells it of a change. */
const lookMs = 1_000;

const encode = ({ event, data }: SessionEvent): Uint8Array =>
  new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

type State = {
  use: Use;
  bytes: number;
  isOver: boolean;
  /** An event that has been read and not been paid for. */
  held: { chunk: Uint8Array; units: bigint; deadline: number } | null;
  sentinel: Uint8Array | null;
};

/**
 * Sends a stream unit by unit: the price of each is taken before it leaves. When the balance is used up the stream
 * says so and waits; when enough was added it goes on where it stopped, and nothing is lost or repeated.
 */
export async function streamSession(
  deps: GatewayDeps,
  visit: Visit,
  { serve, answer }: { serve: Serve; answer: Streamed },
): Promise<Response> {
  const isEvents = /^text\/event-stream\b/i.test(answer.headers.get("content-type") ?? "");
  const meter = createStreamMeter(meterOf(visit.offering.endpoint), isEvents);
  const reader = answer.stream.getReader();
  const state: State = { use: serve.use, bytes: 0, isOver: false, held: null, sentinel: null };
  const headers = servedHeaders(visit, serve, answer.headers);
  headers.delete("content-length"); // our own events are added
  const stream: Stream = { deps, visit, serve, answer, reader, state, headers, isEvents };

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          await next(stream, controller, meter);
        } catch (error) {
          // What the store could not write is found and ended by the worker; nothing unpaid has left.
          if (!(error instanceof FailpointReached)) await end(stream, "fault");
          throw error;
        }
      },
      async cancel() {
        await end(stream, "payer");
      },
    },
    { highWaterMark: 0 }, // what the payer did not ask for yet has not been paid
  );
  return new Response(body, { status: answer.status, headers });
}

/** The next thing that leaves: what was held, one event, or the end. */
async function next(
  stream: Stream,
  controller: Controller,
  meter: (chunk: Uint8Array) => bigint,
): Promise<void> {
  const { visit, reader, state, isEvents } = stream;
  if (state.held) return await resume(stream, controller);
  const step = await reader.read().catch(() => null);
  if (state.isOver) return;
  if (!step) {
    visit.upstream.failed("It broke off a stream.");
    await end(stream, "upstream");
    controller.error(new Error("The upstream broke off."));
    return;
  }
  const isSentinel = !step.done && isEvents && readEvent(step.value).isSentinel;
  if (!step.done && !isSentinel) {
    return await send(stream, controller, { chunk: step.value, units: meter(step.value) });
  }
  state.sentinel = step.done ? null : step.value;
  await finish(stream, controller);
}

type Stream = Readonly<{
  deps: GatewayDeps;
  visit: Visit;
  serve: Serve;
  answer: Streamed;
  reader: ReadableStreamDefaultReader<Uint8Array>;
  state: State;
  headers: Headers;
  isEvents: boolean;
}>;

type Controller = ReadableStreamDefaultController<Uint8Array>;

function leave({ state }: Stream, controller: Controller, chunk: Uint8Array): void {
  state.bytes += chunk.byteLength;
  controller.enqueue(chunk);
}

async function debit(
  { deps, serve, state }: Stream,
  units: bigint,
): Promise<"taken" | "insufficient" | "closed"> {
  const debited = await deps.processor.channels.debit(state.use, costOf(serve.unit, units));
  if (debited.outcome === "taken") state.use = debited.use;
  return debited.outcome;
}

/** Sends one event, once it is paid for. */
async function send(
  stream: Stream,
  controller: Controller,
  { chunk, units }: { chunk: Uint8Array; units: bigint },
): Promise<void> {
  const { deps, serve, state, isEvents } = stream;
  const taken = units === 0n ? "taken" : await debit(stream, units);
  if (state.isOver) return;
  if (taken === "taken") {
    leave(stream, controller, chunk);
    await failpoint("mid-body");
    return;
  }
  const channel = await deps.processor.channels.now(serve.channel.id);
  if (state.isOver) return;
  if (taken === "closed" || !isEvents || !channel) return await finish(stream, controller);
  const { words, terms } = serve.asked.sessions;
  state.held = { chunk, units, deadline: deps.clock.now().getTime() + terms.topUpWaitMs };
  leave(stream, controller, encode(words.needTopUp(railView(channel), costOf(serve.unit, units).cost)));
}

/** Holds the stream until the balance is enough again, the channel closes, the time has passed or the payer has left. */
async function resume(stream: Stream, controller: Controller): Promise<void> {
  const { deps, serve, state } = stream;
  const { id } = serve.channel;
  while (state.held && !state.isOver) {
    const { chunk, units, deadline } = state.held;
    const waiter = deps.processor.channels.arm(id);
    try {
      const taken = await debit(stream, units);
      if (state.isOver) return;
      if (taken === "taken") {
        state.held = null;
        leave(stream, controller, chunk);
        return;
      }
      if (taken === "closed") return await finish(stream, controller);
      if (deps.clock.now().getTime() >= deadline) return await timeOut(stream, controller);
      await waiter.wait(lookMs, serve.leaving.signal);
    } finally {
      waiter.leave();
    }
  }
}

async function timeOut(stream: Stream, controller: Controller): Promise<void> {
  const { deps, serve, state } = stream;
  const channel = await deps.processor.channels.now(serve.channel.id);
  const cost = costOf(serve.unit, state.held?.units ?? 1n).cost;
  if (state.isOver) return;
  const view = railView(channel ?? serve.channel);
  leave(stream, controller, encode(serve.asked.sessions.words.timedOut(view, cost)));
  await end(stream, "balance");
  controller.close();
}

/** The end of a stream: what it came to is said before the upstream's own last word. */
async function finish(stream: Stream, controller: Controller): Promise<void> {
  const { deps, serve, state, isEvents } = stream;
  const { use } = state;
  if (isEvents) {
    const channel = (await deps.processor.channels.now(serve.channel.id)) ?? serve.channel;
    if (state.isOver) return;
    const cost = costOf(serve.unit, 0n).cost;
    const told = { cost: { ...cost, units: use.spent }, units: use.units, at: deps.clock.now() };
    leave(stream, controller, encode(serve.asked.sessions.words.receipt(railView(channel), told)));
  }
  if (state.sentinel) leave(stream, controller, state.sentinel);
  await end(stream, null);
  controller.close();
}

/** Books what was sent, and lets the upstream go. */
async function end(stream: Stream, by: "upstream" | "payer" | "balance" | "fault" | null): Promise<void> {
  const { deps, visit, serve, answer, reader, state, headers } = stream;
  if (state.isOver) return;
  state.isOver = true;
  serve.leaving.abort();
  void reader.cancel().catch(() => undefined);
  serve.place.leave();
  const ended = await deps.processor.channels
    .end(state.use, {
      ...endOf(deps, visit, answer),
      bytes: state.bytes,
      rest: costOf(serve.unit, 0n),
      kept: serve.keeps ? { status: answer.status, headers: Object.fromEntries(headers), body: null } : null,
      ...(by === null ? {} : { reason: by }),
    })
    .catch((error: unknown) => {
      deps.log("error", "session.not-ended", { requestId: visit.requestId, error: errorText(error) });
      return null;
    });
  deps.count(visit.offering, by === null || ended?.outcome === "booked" ? "paid" : "failed");
}
