import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import type { AttentionLine, OverviewView } from "@/lib/dashboard/overview/view";

/** What needs somebody, with its remedy in the same row; absent when there is nothing. */
export function NeedsAttention({ lines, total }: OverviewView["attention"]) {
  if (lines.length === 0) return null;
  return (
    <Card title="Needs attention" note={total} body="flush">
      <ul>
        {lines.map((line) => (
          <Line key={line.key} line={line} />
        ))}
      </ul>
    </Card>
  );
}

function Line({ line }: { line: AttentionLine }) {
  const { tone, word, what, detail, standing, action } = line;
  return (
    <li className="grid min-h-12 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-t px-4 py-2 md:grid-cols-[9rem_minmax(0,1fr)_auto_8rem]">
      <Status tone={tone} label={word} className="justify-self-start" />
      <div className="min-w-0 text-sm max-md:order-3 max-md:col-span-2">
        <p className="text-ink wrap-anywhere">{what}</p>
        <p className="text-muted text-xs wrap-anywhere">{detail}</p>
      </div>
      <span className="num text-end text-sm">{standing}</span>
      <ButtonLink href={action.href} prefetch={false} className="max-md:order-4 max-md:col-span-2">
        {action.label}
      </ButtonLink>
    </li>
  );
}
