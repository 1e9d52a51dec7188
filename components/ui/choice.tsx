import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

type ChoiceProps = Omit<ComponentProps<"input">, "type"> & { label: ReactNode; help?: ReactNode };

function Words({ label, help }: Pick<ChoiceProps, "label" | "help">) {
  return (
    <span className="grid">
      {label}
      {help && <span className="text-muted text-xs">{help}</span>}
    </span>
  );
}

const line = "inline-flex min-h-6 items-start gap-2 text-sm text-ink";

export function Checkbox({ label, help, className, ...rest }: ChoiceProps) {
  return (
    <label className={cn(line, className)}>
      <input type="checkbox" className="tick mt-0.5" {...rest} />
      <Words label={label} help={help} />
    </label>
  );
}

/** On or off at once, where a checkbox would wait for a form to be sent. */
export function Switch({ label, help, className, ...rest }: ChoiceProps) {
  return (
    <label className={cn(line, className)}>
      <input
        type="checkbox"
        // biome-ignore lint/a11y/useAriaPropsForRole: a native checkbox brings its own checked state
        role="switch"
        className={cn(
          "relative h-5 w-8 flex-none cursor-pointer appearance-none rounded-pill bg-line-strong transition-colors duration-(--duration-fast)",
          "before:absolute before:start-0.5 before:top-0.5 before:size-4 before:rounded-pill before:bg-surface before:transition-[inset-inline-start] before:duration-(--duration-fast)",
          "checked:bg-accent-fill checked:before:start-3.5 checked:before:bg-on-accent",
          "disabled:cursor-default disabled:opacity-60 forced-colors:appearance-auto forced-colors:before:hidden",
        )}
        {...rest}
      />
      <Words label={label} help={help} />
    </label>
  );
}
