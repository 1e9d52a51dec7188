import { cn } from "./cn";

/** "$0.0125" and "USD" → whole "$0", fraction ".0125"; "412 880 sat" and "sat" → whole "412 880". */
function splitAmount(text: string, unit: string) {
  const figure = text.endsWith(` ${unit}`) ? text.slice(0, -unit.length - 1) : text;
  const point = figure.indexOf(".");
  return point === -1
    ? { whole: figure, fraction: "" }
    : { whole: figure.slice(0, point), fraction: figure.slice(point) };
}

type AmountProps = {
  /** Already formatted, as `showAmount` gives it: "$0.0125", "412 880 sat". */
  text: string;
  /** "USD", "sat"; stands in a column of its own. */
  unit: string;
  /** Digits kept free after the point, so that a column aligns; at least the most any of its rows has. */
  places?: 0 | 2 | 4 | 6 | 8;
  isStrong?: boolean;
  className?: string;
};

const columns = {
  0: "md:grid-cols-[auto_minmax(0ch,auto)_minmax(3.2ch,auto)]",
  2: "md:grid-cols-[auto_minmax(2.5ch,auto)_minmax(3.2ch,auto)]",
  4: "md:grid-cols-[auto_minmax(4.5ch,auto)_minmax(3.2ch,auto)]",
  6: "md:grid-cols-[auto_minmax(6.5ch,auto)_minmax(3.2ch,auto)]",
  8: "md:grid-cols-[auto_minmax(8.5ch,auto)_minmax(3.2ch,auto)]",
};

/** A figure in a table: aligned at the decimal point, its unit stepped back in a column of its own. */
export function Amount({ text, unit, places = 4, isStrong = true, className }: AmountProps) {
  const { whole, fraction } = splitAmount(text, unit);
  return (
    <span dir="ltr" className={cn("num inline md:inline-grid md:items-baseline", columns[places], className)}>
      <span className={cn("text-end", isStrong && "font-medium text-ink")}>{whole}</span>
      <span className={cn("text-start", isStrong && "font-medium text-ink")}>{fraction}</span>
      <span className="ps-1 text-start text-muted text-xs">{unit}</span>
    </span>
  );
}
