import { ChevronRight } from "lucide-react";
import { cn } from "@/components/ui/cn";
import { CodeBlock } from "@/components/ui/code-block";
import { type ExchangeStep, type Party, partyNames, showAfter } from "@/lib/dashboard/try-it/view";

type Steps = readonly (ExchangeStep & { key: number })[];

const parties: readonly Party[] = ["payer", "gateway", "rail", "upstream"];
const row = "grid grid-cols-[minmax(0,1fr)_1rem] gap-x-3 px-4 md:grid-cols-[17rem_minmax(0,1fr)_4.5rem_1rem]";
const inks = { good: "text-good", attention: "text-attention", failed: "text-failed" } as const;

/** Who says what to whom, from top to bottom. The drawing repeats what each line says in words. */
export function Sequence({ steps }: { steps: Steps }) {
  return (
    <div className="py-2">
      <div aria-hidden className={cn(row, "text-muted text-xs max-md:hidden")}>
        <div className="grid grid-cols-4 text-center">
          {parties.map((party) => (
            <span key={party}>{partyNames[party]}</span>
          ))}
        </div>
      </div>
      <ol aria-label="Steps of the exchange, in order">
        {steps.map((step) => (
          <li key={step.key}>
            <Step step={step} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Step({ step }: { step: ExchangeStep }) {
  const { raw, opened = [], postings } = step;
  const isOpenable = raw !== undefined || opened.length > 0 || postings !== undefined;
  if (!isOpenable) {
    return (
      <div className={row}>
        <StepLine step={step} />
      </div>
    );
  }
  return (
    <details className="group">
      <summary
        className={cn(
          row,
          "cursor-pointer list-none hover:bg-hover focus-visible:-outline-offset-2 [&::-webkit-details-marker]:hidden",
        )}
      >
        <StepLine step={step} />
        <ChevronRight className="mt-3 text-muted transition-transform duration-(--duration-fast) group-open:rotate-90 rtl:-scale-x-100" />
      </summary>
      <div className="grid gap-3 px-4 pt-1 pb-4">
        {opened.map(({ title, text }) => (
          <Block key={title} title={title} text={text} />
        ))}
        {raw !== undefined && <Block title="As it is on the wire" text={raw} />}
        {postings && <Postings postings={postings} />}
      </div>
    </details>
  );
}

function Block({ title, text }: { title: string; text: string }) {
  return (
    <section className="grid gap-1">
      <h3 className="text-sm">{title}</h3>
      <CodeBlock code={text} what={title} />
    </section>
  );
}

function StepLine({ step: { from, to, title, detail, tone, afterMs } }: { step: ExchangeStep }) {
  const isOwn = from === to;
  return (
    <>
      <Lanes from={from} to={to} tone={tone} />
      <span className="min-w-0 py-2.5 text-sm max-md:col-start-1 max-md:row-start-1">
        <span className="text-muted text-xs md:sr-only">
          {partyNames[from]}
          {!isOwn && ` to ${partyNames[to].toLowerCase()}`}
          {": "}
        </span>
        <span className={cn("block wrap-anywhere", tone ? inks[tone] : "text-ink")}>{title}</span>
        {detail && <span className="block text-muted text-xs wrap-anywhere">{detail}</span>}
      </span>
      <span className="num py-2.5 text-end text-muted text-xs leading-5 max-md:hidden">
        {showAfter(afterMs)}
      </span>
    </>
  );
}

const centre = (party: Party): number => 12.5 + 25 * parties.indexOf(party);

/** The four lines of life and this step's arrow, in shares of the cell, so that it grows with the text beside it. */
function Lanes({ from, to, tone }: { from: Party; to: Party; tone: ExchangeStep["tone"] | undefined }) {
  const [start, end] = [centre(from), centre(to)];
  const way = end > start ? 1 : -1;
  return (
    <span aria-hidden className={cn("relative max-md:hidden", tone ? inks[tone] : "text-body")}>
      <svg aria-hidden="true" className="absolute inset-0 size-full overflow-visible rtl:-scale-x-100">
        {parties.map((party) => (
          <line
            key={party}
            x1={`${centre(party)}%`}
            x2={`${centre(party)}%`}
            y1="0"
            y2="100%"
            className="stroke-line"
          />
        ))}
        {from === to ? (
          <circle cx={`${start}%`} cy="20" r="4" fill="currentColor" />
        ) : (
          <>
            <line x1={`${start}%`} x2={`${end}%`} y1="20" y2="20" stroke="currentColor" strokeWidth="1.5" />
            <circle cx={`${start}%`} cy="20" r="2.5" fill="currentColor" />
            <svg aria-hidden="true" x={`${end}%`} y="20" className="overflow-visible">
              <path d={way > 0 ? "M0 0 l-8 -4 v8 z" : "M0 0 l8 -4 v8 z"} fill="currentColor" />
            </svg>
          </>
        )}
      </svg>
    </span>
  );
}

function Postings({ postings }: { postings: NonNullable<ExchangeStep["postings"]> }) {
  return (
    <table className="table" data-density="dense" data-phone="scroll">
      <caption className="sr-only">Postings of this charge; each group sums to zero</caption>
      <thead>
        <tr>
          <th scope="col">Group</th>
          <th scope="col">Account</th>
          <th scope="col" data-align="end">
            Amount
          </th>
        </tr>
      </thead>
      <tbody>
        {postings.map(({ key, reason, account, amount, currency }) => (
          <tr key={`${key} ${account}`}>
            <td title={key}>{reason}</td>
            <td className="mono">{account}</td>
            <td data-align="end" className="num">
              {amount.replace("-", "\u2212")} {currency}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
