import type { ReactNode } from "react";
import { cn } from "./cn";

type Wire = {
  id: string;
  required?: boolean;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
};

type FieldProps = {
  /** The id of the control; error links lead to it. */
  id: string;
  label: ReactNode;
  help?: ReactNode;
  error?: ReactNode;
  isRequired?: boolean | undefined;
  /** Marks a field that may stay empty, where most are required. */
  isOptional?: boolean | undefined;
  className?: string | undefined;
  children: (wire: Wire) => ReactNode;
};

/** Label above, help below, error beside; hands the control what ties them together. */
export function Field({ id, label, help, error, isRequired, isOptional, className, children }: FieldProps) {
  const described = [error ? `${id}-error` : "", help ? `${id}-help` : ""].filter(Boolean).join(" ");
  const wire: Wire = {
    id,
    ...(isRequired ? { required: true } : {}),
    ...(described ? { "aria-describedby": described } : {}),
    ...(error ? { "aria-invalid": true as const } : {}),
  };
  return (
    <div className={cn("grid content-start gap-1", className)}>
      <label htmlFor={id} className="text-ink text-sm">
        {label}
        {isRequired && <span className="text-muted"> (required)</span>}
        {isOptional && <span className="text-muted"> (optional)</span>}
      </label>
      {children(wire)}
      {error && (
        <p id={`${id}-error`} className="text-failed text-xs">
          {error}
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className="text-muted text-xs">
          {help}
        </p>
      )}
    </div>
  );
}

/** Several controls under one question. */
export function FieldGroup({
  legend,
  help,
  children,
}: {
  legend: ReactNode;
  help?: ReactNode;
  children: ReactNode;
}) {
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-1 text-ink text-sm">{legend}</legend>
      {children}
      {help && <p className="text-muted text-xs">{help}</p>}
    </fieldset>
  );
}
