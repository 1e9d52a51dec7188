import Link from "next/link";
import { FirstPayment } from "@/components/receipts/first-payment";
import { Card } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { StatusShape } from "@/components/ui/status";
import type { ChecklistStep, ChecklistView } from "@/lib/dashboard/overview/view";
import { HideChecklist } from "./hide-checklist";

/** The way to the first paid request; every step notices by itself that it is done. */
export function Checklist({ merchant, steps, done, payment }: ChecklistView) {
  const next = steps.findIndex(({ isDone }) => !isDone);
  return (
    <Card
      title="First payment"
      note={`${done} of ${steps.length}`}
      body="flush"
      aside={<HideChecklist merchant={merchant} />}
    >
      <ol>
        {steps.map((step, place) => (
          <Step key={step.label} step={step} isNext={place === next}>
            {place === next && payment && <FirstPayment {...payment} />}
          </Step>
        ))}
      </ol>
    </Card>
  );
}

type StepProps = { step: ChecklistStep; isNext: boolean; children: React.ReactNode };

function Step({ step, isNext, children }: StepProps) {
  const { label, help, isDone, href } = step;
  const name =
    href && !isDone ? (
      <Link href={href} className="text-accent underline-offset-2 hover:underline">
        {label}
      </Link>
    ) : (
      label
    );
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3 gap-y-2 border-t px-4 py-2.5 text-sm">
      <span className={cn("grid h-5 place-items-center", isDone ? "text-good" : "text-muted")}>
        <StatusShape tone={isDone ? "good" : "neutral"} className="size-4" />
      </span>
      <p>
        <span className={cn(isDone ? "text-muted" : "text-ink", isNext && "font-medium")}>{name}</span>
        <span className="sr-only">{isDone ? ", done" : ", to do"}</span>
        <span className="ms-2 text-muted max-md:ms-0 max-md:block">{help}</span>
      </p>
      {children && <div className="col-start-2 min-w-0 pb-1">{children}</div>}
    </li>
  );
}
