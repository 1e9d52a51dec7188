import { cva } from "class-variance-authority";
import { Info } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn";
import { StatusShape, type Tone } from "./status";

const look = cva("grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2 rounded-card border p-4", {
  variants: {
    tone: {
      good: "border-good-line bg-good-soft",
      waiting: "border-waiting-line bg-waiting-soft",
      attention: "border-attention-line bg-attention-soft",
      failed: "border-failed-line bg-failed-soft",
      neutral: "bg-surface",
    },
  },
});

const ink: Record<Tone, string> = {
  good: "text-good",
  waiting: "text-waiting",
  attention: "text-attention",
  failed: "text-failed",
  neutral: "text-muted",
};

type BannerProps = {
  tone?: Tone;
  title: ReactNode;
  /** What happened and what is still true. */
  children?: ReactNode;
  /** The remedies: buttons, then a short remark. */
  actions?: ReactNode;
  /** Appeared in answer to what the reader just did, so it is announced. */
  isAlert?: boolean;
  className?: string;
};

export function Banner({ tone = "neutral", title, children, actions, isAlert, className }: BannerProps) {
  return (
    <section role={isAlert ? "alert" : undefined} className={cn(look({ tone }), className)}>
      <span className={cn("mt-0.5", ink[tone])}>
        {tone === "neutral" ? <Info /> : <StatusShape tone={tone} className="size-4" />}
      </span>
      <div className="grid min-w-0 max-w-[75ch] gap-1">
        <h2 className="text-base">{title}</h2>
        {children && <div className="text-sm wrap-anywhere">{children}</div>}
        {actions && <div className="mt-2 flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
    </section>
  );
}
