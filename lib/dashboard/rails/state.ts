import type { RailState } from "./view";

const states = {
  unread: {
    word: "Not connected",
    tone: "attention",
    shape: "alert",
    sentence: "Its settings cannot be read with the present secret, so it is not offered. Save them again.",
  },
  paused: {
    word: "Paused",
    tone: "neutral",
    shape: "pause",
    sentence: "It is in no new offer. What was paid on it is still looked after.",
  },
  unnamed: {
    word: "Ready",
    tone: "neutral",
    shape: "check",
    sentence: "No service names it yet. Choose it in a service's settings, and payers are offered it.",
  },
  offered: {
    word: "Offered",
    tone: "good",
    shape: "check",
    sentence: "Payers of the services that name it are offered it.",
  },
} as const satisfies Record<string, RailState>;

type Standing = Readonly<{ isConnected: boolean; isEnabled: boolean; services: number }>;

/** The state of a rail in words, as far as its configuration tells. */
export function railState({ isConnected, isEnabled, services }: Standing): RailState {
  if (!isEnabled) return states.paused;
  if (!isConnected) return states.unread;
  return services === 0 ? states.unnamed : states.offered;
}
