import { cva } from "class-variance-authority";
import {
  Circle,
  CircleArrowLeft,
  CircleCheck,
  CircleMinus,
  CirclePause,
  Clock,
  type LucideIcon,
  OctagonX,
  TriangleAlert,
} from "lucide-react";
import { cn } from "./cn";

export type Tone = "good" | "waiting" | "attention" | "failed" | "neutral";
export type Shape = "check" | "clock" | "alert" | "cross" | "back" | "minus" | "pause" | "dot";

const shapes: Record<Shape, LucideIcon> = {
  check: CircleCheck,
  clock: Clock,
  alert: TriangleAlert,
  cross: OctagonX,
  back: CircleArrowLeft,
  minus: CircleMinus,
  pause: CirclePause,
  dot: Circle,
};

const usual: Record<Tone, Shape> = {
  good: "check",
  waiting: "clock",
  attention: "alert",
  failed: "cross",
  neutral: "dot",
};

const look = cva("inline-flex items-center gap-1 align-middle text-sm whitespace-nowrap", {
  variants: {
    tone: {
      good: "text-good",
      waiting: "text-waiting",
      attention: "text-attention",
      failed: "text-failed",
      neutral: "text-muted",
    },
    isPill: { true: "h-6 rounded-control border ps-1.5 pe-2", false: "" },
  },
  compoundVariants: [
    { isPill: true, tone: "good", class: "border-good-line bg-good-soft" },
    { isPill: true, tone: "waiting", class: "border-waiting-line bg-waiting-soft" },
    { isPill: true, tone: "attention", class: "border-attention-line bg-attention-soft" },
    { isPill: true, tone: "failed", class: "border-failed-line bg-failed-soft" },
    { isPill: true, tone: "neutral", class: "bg-surface" },
  ],
});

/** The mark that stands for a state, beside the word that names it. */
export function StatusShape({
  tone,
  shape,
  className,
}: {
  tone: Tone;
  shape?: Shape | undefined;
  className?: string;
}) {
  const Icon = shapes[shape ?? usual[tone]];
  return <Icon className={cn("size-3.5", className)} />;
}

type StatusProps = {
  tone: Tone;
  /** The word; a state is never shown by colour alone. */
  label: string;
  shape?: Shape | undefined;
  /** Plain in lists, a pill in headers. */
  isPill?: boolean;
  className?: string;
};

export function Status({ tone, label, shape, isPill = false, className }: StatusProps) {
  return (
    <span className={cn(look({ tone, isPill }), className)}>
      <StatusShape tone={tone} shape={shape} />
      {label}
    </span>
  );
}
