import Link from "next/link";
import type { ComponentProps } from "react";
import { cn } from "./cn";

const frame = "inline-flex h-control max-w-full rounded-control border border-line-control bg-surface p-px";
const part =
  "flex flex-1 items-center justify-center gap-1 rounded-[4px] px-2.5 text-sm whitespace-nowrap text-muted";

type SegmentedLinksProps = {
  label: string;
  options: readonly { label: string; href: string; isCurrent: boolean }[];
  className?: string;
};

/** A few views of one thing, each an address. */
export function SegmentedLinks({ label, options, className }: SegmentedLinksProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls, these are links
    <div role="group" aria-label={label} className={cn(frame, className)}>
      {options.map((option) => (
        <Link
          key={option.label}
          href={option.href}
          aria-current={option.isCurrent ? "true" : undefined}
          className={cn(
            part,
            "hover:text-ink aria-[current]:bg-sunken aria-[current]:font-medium aria-[current]:text-ink",
          )}
        >
          {option.label}
        </Link>
      ))}
    </div>
  );
}

type SegmentedChoiceProps = {
  label: string;
  name: string;
  options: readonly { label: string; value: string }[];
  className?: string;
} & Pick<ComponentProps<"input">, "onChange" | "form"> &
  ({ value: string; defaultValue?: never } | { value?: never; defaultValue?: string });

/** One of a few values in a form: radio buttons in the same dress. */
export function SegmentedChoice(props: SegmentedChoiceProps) {
  const { label, name, options, className, value, defaultValue, ...rest } = props;
  const chosen = (option: string) =>
    value === undefined ? { defaultChecked: option === defaultValue } : { checked: option === value };
  return (
    <fieldset className={cn(frame, className)}>
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className={cn(
            part,
            "cursor-pointer hover:text-ink has-checked:bg-sunken has-checked:font-medium has-checked:text-ink",
            "has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2",
          )}
        >
          <input
            type="radio"
            className="sr-only"
            name={name}
            value={option.value}
            {...chosen(option.value)}
            {...rest}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
