import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Money } from "@/lib/money";
import { createTally } from "./tally";

/** Everything a process counts about itself, in the names of `product.md` 10. No payer, id or raw path is a label. */
export type Metrics = ReturnType<typeof createMetrics>;

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const place = ["merchant", "service", "endpoint"] as const;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Histogram({ name, help, labelNames, registers, buckets: seconds });
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[] = []) =>
    new Gauge({ name, help, labelNames, registers });

  const tally = createTally({
    requests: counter("farebox_requests_total", "Requests to what is sold.", [...place, "status_class"]),
    challenges: counter("farebox_challenges_total", "402 answers to requests without credential.", place),
  });
  return {
    text() {
      tally.tell();
      return registry.metrics();
    },
    contentType: registry.contentType,
    tally,
    refusals: counter("farebox_refusals_total", "Credentials refused.", ["rail", "problem"]),
    charges: counter("farebox_charges_total", "Payments by how they ended.", [
      ...place,
      "rail",
      "intent",
      "outcome",
    ]),
    revenue: counter("farebox_revenue_minor_units_total", "What was taken, in base units.", [
      "currency",
      "rail",
    ]),
    requestSeconds: histogram("farebox_request_duration_seconds", "Time to the answer's head.", []),
    railSeconds: histogram("farebox_rail_duration_seconds", "Time a rail took.", ["rail", "operation"]),
    upstreamSeconds: histogram("farebox_upstream_duration_seconds", "Time an upstream took.", place),
    railUp: gauge("farebox_rail_up", "Did the rail answer when it was asked last?", ["merchant", "rail"]),
    undelivered: gauge("farebox_undelivered_charges", "Paid and not served."),
    unknown: gauge("farebox_unknown_charges", "The rail has not said what became of them."),
    refunds: gauge("farebox_refunds_total", "Refunds by how they stand.", ["rail", "status"]),
    channels: gauge("farebox_channels", "Channels by how they stand.", ["rail", "status"]),
    channelsClosing: gauge("farebox_channels_closing", "Channels that are being closed."),
    channelRisk: gauge("farebox_channel_at_risk_minor_units", "Spent and not yet settled.", ["currency"]),
    oldestJob: gauge("farebox_jobs_oldest_seconds", "How long the oldest due job waits.", ["kind"]),
    suspense: gauge("farebox_suspense_minor_units", "Money that does not agree with a rail.", ["currency"]),
    build: gauge("farebox_build_info", "Always 1.", ["version"]),
  };
}

/** Prometheus has floats: a figure beyond 2^53 loses its last digits here, and nowhere else. */
export const toMetric = ({ units }: Money): number => Number(units);
