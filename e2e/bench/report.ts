import type { PartName } from "./flags";
import type { Figure } from "./measure";

/** One promise about speed, and how far this run kept it. Nothing fails on it: a busy machine is not a defect. */
export type Goal = Readonly<{ what: string; goal: string; measured: string; isMet: boolean }>;

const goals = { unpaidToMppx: 5, unpaidToBare: 0.4, addedP99Ms: 25 } as const;

const find = (figures: readonly Figure[], part: PartName, subject: Figure["subject"]): Figure | undefined =>
  figures.find((figure) => figure.part === part && figure.subject === subject);

function ratios(figures: readonly Figure[], part: PartName) {
  const farebox = find(figures, part, "farebox");
  const to = (subject: Figure["subject"]): number | null => {
    const other = find(figures, part, subject);
    return farebox && other && other.perSecond > 0 ? farebox.perSecond / other.perSecond : null;
  };
  return { toMppx: to("mppx"), toBare: to("bare") };
}

/** What metering leaves of the speed of the same upstream behind the same gateway. */
function toFree(figures: readonly Figure[], part: PartName): number | null {
  const [metered, free] = [find(figures, part, "metered"), find(figures, part, "free")];
  return metered && free && free.perSecond > 0 ? metered.perSecond / free.perSecond : null;
}

/** What a paid request takes beyond its upstream. */
function addedMs(figures: readonly Figure[], part: PartName) {
  const [farebox, upstream] = [find(figures, part, "farebox"), find(figures, part, "upstream")];
  const added = (pick: "p50" | "p99") => (farebox && upstream ? farebox[pick] - upstream[pick] : null);
  return { addedP50Ms: added("p50"), addedP99Ms: added("p99") };
}

/** The ratios between subjects, which say more than figures of one machine, and what a paid request costs beyond its upstream. */
export function compare(figures: readonly Figure[]) {
  return {
    unpaid: ratios(figures, "unpaid"),
    paid: { ...ratios(figures, "paid"), ...addedMs(figures, "paid") },
    paced: addedMs(figures, "paced"),
    session: { toFree: toFree(figures, "session") },
    events: { toFree: toFree(figures, "events") },
  };
}

export function goalsOf(figures: readonly Figure[]): Goal[] {
  const { unpaid, paid, paced } = compare(figures);
  const rows: Goal[] = [];
  const add = (
    row: Omit<Goal, "measured" | "isMet">,
    value: number | null,
    isMet: (value: number) => boolean,
  ) => (value === null ? rows : rows.push({ ...row, measured: value.toFixed(2), isMet: isMet(value) }));
  add(
    { what: "402 per second, Farebox / mppx", goal: `≥ ${goals.unpaidToMppx}` },
    unpaid.toMppx,
    (ratio) => ratio >= goals.unpaidToMppx,
  );
  add(
    { what: "402 per second, Farebox / bare node:http", goal: `≥ ${goals.unpaidToBare}` },
    unpaid.toBare,
    (ratio) => ratio >= goals.unpaidToBare,
  );
  add(
    { what: "paid request beyond its upstream, p99 in ms, at a pace", goal: `≤ ${goals.addedP99Ms}` },
    paced.addedP99Ms,
    (ms) => ms <= goals.addedP99Ms,
  );
  add(
    { what: "paid request beyond its upstream, p99 in ms, always asking", goal: `≤ ${goals.addedP99Ms}` },
    paid.addedP99Ms,
    (ms) => ms <= goals.addedP99Ms,
  );
  return rows;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, place) => Math.max(...rows.map((row) => row[place]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, place) => (place < 2 ? cell.padEnd(widths[place] ?? 0) : cell.padStart(widths[place] ?? 0)))
      .join("  ")
      .trimEnd();
  const [head = [], ...rest] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rest.map(line)];
}

const ms = (value: number): string => value.toFixed(2);
const megabytes = (bytes: number | null): string => (bytes === null ? "?" : (bytes / 2 ** 20).toFixed(0));
const ratio = (value: number | null): string => (value === null ? "-" : value.toFixed(2));

/** The figures as plain text. */
export function printed(figures: readonly Figure[], around: readonly string[]): string {
  const { unpaid, paid, session, events } = compare(figures);
  const rows = figures.map((figure) => [
    figure.part,
    figure.subject,
    figure.perSecond.toFixed(0),
    ms(figure.p50),
    ms(figure.p99),
    figure.processorUs === null ? "?" : figure.processorUs.toFixed(0),
    megabytes(figure.residentBytes),
    String(figure.count),
    String(figure.strays),
  ]);
  return [
    ...table([
      ["part", "subject", "per second", "p50 ms", "p99 ms", "CPU µs", "MB", "answers", "strays"],
      ...rows,
    ]),
    "",
    ...table([
      ["ratio", "", "Farebox / mppx", "Farebox / bare", "metered / free"],
      ["unpaid", "", ratio(unpaid.toMppx), ratio(unpaid.toBare), "-"],
      ["paid", "", ratio(paid.toMppx), ratio(paid.toBare), "-"],
      ["session", "", "-", "-", ratio(session.toFree)],
      ["events", "", "-", "-", ratio(events.toFree)],
    ]),
    "",
    ...table([
      ["goal", "", "wanted", "measured", ""],
      ...goalsOf(figures).map(({ what, goal, measured, isMet }) => [
        what,
        "",
        goal,
        measured,
        isMet ? "met" : "missed",
      ]),
    ]),
    "",
    ...around,
  ].join("\n");
}
