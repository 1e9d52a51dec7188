import type { Jobs } from "@/lib/jobs";
import type { Clock } from "@/lib/kit";
import type { Ledger } from "@/lib/ledger";
import type { Processor } from "@/lib/processor";
import { version } from "../../../package.json";
import { type Metrics, toMetric } from "./metrics";

type Deps = Readonly<{ metrics: Metrics; processor: Processor; jobs: Jobs; ledger: Ledger; clock: Clock }>;

/** What Prometheus reads: what this process has counted, and how the installation stands now. */
export const metricsPage = (deps: Deps) => ({
  contentType: deps.metrics.contentType,
  text: () => writeMetrics(deps),
});

async function writeMetrics({ metrics, processor, jobs, ledger, clock }: Deps): Promise<string> {
  const [gauges, counts, suspense] = await Promise.all([
    processor.gauges(),
    jobs.counts(),
    ledger.suspense({}),
  ]);
  metrics.build.set({ version }, 1);
  metrics.undelivered.set(gauges.undelivered);
  metrics.unknown.set(gauges.unknown);
  metrics.refunds.reset();
  for (const { rail, status, count } of gauges.refunds) metrics.refunds.inc({ rail, status }, count);
  writeChannels(metrics, gauges.channels);
  metrics.oldestJob.reset();
  for (const { kind, state, oldest } of counts) {
    const waits = (clock.now().getTime() - oldest.getTime()) / 1000;
    if (state === "due") metrics.oldestJob.set({ kind }, Math.max(0, waits));
  }
  metrics.suspense.reset();
  for (const { amount } of suspense)
    metrics.suspense.inc({ currency: amount.currency.code }, toMetric(amount));
  return await metrics.text();
}

type Gauges = Awaited<ReturnType<Processor["gauges"]>>;

function writeChannels(metrics: Metrics, channels: Gauges["channels"]): void {
  for (const gauge of [metrics.channels, metrics.channelRisk, metrics.channelsClosing]) gauge.reset();
  for (const { rail, status, currency, count, atRisk } of channels) {
    metrics.channels.inc({ rail, status }, count);
    metrics.channelRisk.inc({ currency }, Number(atRisk));
    if (status === "closing") metrics.channelsClosing.inc(count);
  }
}
