import { counted } from "../../shell/figures";
import type { Here } from "../../shell/loaders";
import { showTime } from "../../shell/times";
import type { Address } from "../../shell/view";
import { type Entered, enterService, headerOf } from "../loaders";
import { type HealthView, type UpstreamView, upstreamDraft } from "./view";

type Health = ReturnType<Here["runtime"]["gateway"]["upstreamHealth"]>;

const states: Readonly<Record<Health["state"], Pick<HealthView, "tone" | "label">>> = {
  unknown: { tone: "neutral", label: "Not called yet" },
  up: { tone: "good", label: "Working" },
  failing: { tone: "attention", label: "Failing" },
  open: { tone: "failed", label: "Not called" },
  probing: { tone: "waiting", label: "Tried again" },
};

function wordsOf({ state, failures, openUntil }: Health, zone: string): string {
  switch (state) {
    case "unknown":
      return "This process has not called it since it started.";
    case "up":
      return "The last call was answered.";
    case "failing":
      return `${counted(failures, "call")} failed in a row. It is still sold.`;
    case "open": {
      const until = openUntil ? ` until ${showTime(openUntil, zone).full}` : "";
      return `${counted(failures, "call")} failed in a row, so nothing of it is sold${until}.`;
    }
    case "probing":
      return "One call at a time is let through. Its success sells it again.";
  }
}

function healthOf({ here, live }: Entered): HealthView | null {
  if (!live) return null;
  const health = here.runtime.gateway.upstreamHealth(live);
  const { lastSuccessAt, lastFailureAt, lastFailure, inFlight, waiting } = health;
  const zone = here.merchant.timeZone;
  return {
    ...states[health.state],
    words: wordsOf(health, zone),
    lastSuccess: lastSuccessAt && showTime(lastSuccessAt, zone),
    lastFailure: lastFailureAt && { time: showTime(lastFailureAt, zone), why: lastFailure ?? "" },
    inFlight: waiting > 0 ? `${inFlight}, ${waiting} waiting` : String(inFlight),
  };
}

export async function loadUpstream(address: Address, slug: string): Promise<UpstreamView> {
  const entered = await enterService(address, slug);
  const draft = upstreamDraft(entered.service);
  return { ...headerOf(entered, "upstream"), draft, health: healthOf(entered) };
}
