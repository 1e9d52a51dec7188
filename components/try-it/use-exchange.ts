"use client";

import { useEffect, useRef, useState } from "react";
import type { ExchangeEvent, ExchangeStep, Verdict } from "@/lib/dashboard/try-it/view";

export type Exchange = Readonly<{
  state: "none" | "running" | "ended";
  steps: readonly (ExchangeStep & { key: number })[];
  verdict: Verdict | null;
  /** Why it broke off. */
  fault: string | null;
}>;

const none: Exchange = { state: "none", steps: [], verdict: null, fault: null };

/** One line of the answer after the other, as they come. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    const lines = (rest + decoder.decode(step.value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest) yield rest;
}

async function faultOf(answer: Response): Promise<string> {
  const problem = (await answer.json().catch(() => null)) as {
    detail?: string;
    errors?: { message: string }[];
  } | null;
  const first = problem?.errors?.[0]?.message;
  return first ?? problem?.detail ?? `The server answered ${answer.status}.`;
}

function withEvent(before: Exchange, event: ExchangeEvent): Exchange {
  switch (event.type) {
    case "step":
      return { ...before, steps: [...before.steps, { ...event, key: before.steps.length }] };
    case "verdict":
      return { ...before, verdict: event };
    case "fault":
      return { ...before, fault: event.detail };
  }
}

/** Plays an exchange and holds what came of it so far. A new one takes the place of the one before. */
export function useExchange(address: string) {
  const [exchange, setExchange] = useState(none);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  async function play(body: unknown): Promise<void> {
    current.current?.abort();
    const own = new AbortController();
    current.current = own;
    setExchange({ ...none, state: "running" });
    const end = (fault: string | null) =>
      setExchange((before) => ({ ...before, state: "ended", fault: before.fault ?? fault }));
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: own.signal,
      });
      if (!answer.ok || !answer.body) return end(await faultOf(answer));
      for await (const line of linesOf(answer.body)) {
        const event = JSON.parse(line) as ExchangeEvent; // safe: our own handler wrote it
        setExchange((before) => withEvent(before, event));
      }
      end(null);
    } catch {
      if (!own.signal.aborted) end("The connection to this server was lost. What was paid is in Receipts.");
    }
  }

  return { exchange, play };
}
