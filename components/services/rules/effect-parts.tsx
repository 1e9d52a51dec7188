"use client";

import type { ReactNode } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { EffectDraft } from "@/lib/dashboard/endpoints/rules/view";
import { mono } from "./condition-parts";

export type EffectProps = {
  draft: EffectDraft;
  currency: string;
  isSession: boolean;
  error: string | undefined;
  change: (part: Partial<EffectDraft>) => void;
};

export const Grid = ({ children }: { children: ReactNode }) => (
  <div className="grid gap-3 sm:grid-cols-2">{children}</div>
);

type TextPart =
  | "amount"
  | "byName"
  | "per"
  | "missing"
  | "percent"
  | "usesTotal"
  | "usesEach"
  | "message"
  | "free"
  | "url"
  | "timeoutMs"
  | "fallback";

type TextProps = Pick<EffectProps, "draft" | "change"> & {
  part: TextPart;
  label: string;
  help?: string;
  placeholder?: string;
  isOptional?: boolean;
  isFigure?: boolean;
  isMono?: boolean;
  isWide?: boolean;
};

export function Text(props: TextProps) {
  const { draft, change, part, label, help, placeholder, isOptional, isFigure, isMono, isWide } = props;
  const look = isFigure ? ({ kind: "figure", inputMode: "decimal" } as const) : isMono ? mono : {};
  return (
    <Field
      id={`effect-${part}`}
      label={label}
      help={help}
      isOptional={isOptional}
      className={isWide ? "sm:col-span-2" : undefined}
    >
      {(wire) => (
        <Input
          {...wire}
          {...look}
          autoComplete="off"
          placeholder={placeholder}
          value={draft[part]}
          onChange={({ target }) => change({ [part]: target.value })}
        />
      )}
    </Field>
  );
}
