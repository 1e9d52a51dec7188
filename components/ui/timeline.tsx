import { Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn";
import { type Shape, StatusShape, type Tone } from "./status";
import { Time } from "./time";

export type TimelineStep = {
  /** RFC 3339, the clock with milliseconds, and the full moment with its zone. */
  at: string;
  clock: string;
  full: string;
  title: ReactNode;
  detail?: ReactNode;
  /** Only what a person must see has colour; "neutral" with no shape is a small dot. */
  tone?: Tone;
  shape?: Shape;
  /** The step happened again, or is missing where one belongs. */
  mark?: "repeated" | "lost" | undefined;
  /** Already formatted: "3 ms"; "—" when it has none. */
  duration?: string | undefined;
  /** Shares of the whole span, 0 to 1, on the scale all steps have in common. */
  bar?: { start: number; width: number } | undefined;
};

const words: Record<Tone, string> = {
  good: "text-ink",
  waiting: "text-ink",
  neutral: "text-ink",
  attention: "text-attention",
  failed: "text-failed",
};
const shapesInk: Record<Tone, string> = {
  good: "text-good",
  waiting: "text-waiting",
  neutral: "text-muted",
  attention: "text-attention",
  failed: "text-failed",
};

/** What happened, in order, each with its time, its length and its place on one common scale. */
export function Timeline({ steps, label }: { steps: readonly TimelineStep[]; label: string }) {
  const hasScale = steps.some(({ bar }) => bar !== undefined);
  return (
    <ol aria-label={label} className="px-4 pb-2 text-sm">
      {steps.map((step) => (
        <Step
          key={`${step.at} ${step.clock} ${String(step.title)} ${step.bar?.start ?? ""}`}
          step={step}
          hasScale={hasScale}
        />
      ))}
    </ol>
  );
}

function Step({ step, hasScale }: { step: TimelineStep; hasScale: boolean }) {
  const { tone = "neutral", mark } = step;
  return (
    <li className="group relative grid grid-cols-[1rem_minmax(0,1fr)_auto] items-start gap-x-3 py-1.5 md:grid-cols-[6rem_1rem_minmax(0,1fr)_4.5rem_8rem]">
      <Time
        at={step.at}
        text={step.clock}
        full={step.full}
        className="mono text-muted leading-5 max-md:order-last max-md:col-span-2 max-md:col-start-2"
      />
      <span
        aria-hidden
        className="absolute inset-y-0 start-2 w-px bg-line group-first:top-4 group-last:bottom-auto group-last:h-4 md:start-[7.25rem]"
      />
      <Dot step={step} tone={tone} />
      <div className="min-w-0">
        <p className={words[tone]}>
          {step.title}
          {mark && <span className="text-muted"> · {mark}</span>}
        </p>
        {step.detail && <div className="text-muted wrap-anywhere">{step.detail}</div>}
      </div>
      <span className="num text-end text-body">{step.duration}</span>
      {hasScale && <ScaleBar bar={step.bar} tone={tone} />}
    </li>
  );
}

function Dot({ step, tone }: { step: TimelineStep; tone: Tone }) {
  const hasShape = step.shape !== undefined || tone !== "neutral";
  return (
    <span className={cn("relative grid h-5 w-4 place-items-center bg-surface", shapesInk[tone])}>
      {step.mark === "repeated" && <Undo2 />}
      {step.mark !== "repeated" && hasShape && (
        <StatusShape tone={tone} shape={step.shape} className="size-4" />
      )}
      {step.mark !== "repeated" && !hasShape && (
        <span className="size-[7px] rounded-pill border-[1.5px] border-line-strong" />
      )}
    </span>
  );
}

/** Drawn with attributes, not inline styles, so that a strict content policy lets it through. */
function ScaleBar({ bar, tone }: { bar: TimelineStep["bar"]; tone: Tone }) {
  const percent = (share: number) => `${(Math.min(Math.max(share, 0), 1) * 100).toFixed(2)}%`;
  const fill = tone === "failed" ? "fill-failed" : "fill-line-strong";
  return (
    <svg aria-hidden="true" className="h-5 w-full overflow-visible rtl:-scale-x-100 max-md:hidden">
      <line x1="0" x2="100%" y1="10" y2="10" className="stroke-line" />
      {bar && (
        <>
          <rect x={percent(bar.start)} y="6" width={percent(bar.width)} height="8" rx="1" className={fill} />
          <rect x={percent(bar.start)} y="6" width="2" height="8" rx="1" className={fill} />
        </>
      )}
    </svg>
  );
}
