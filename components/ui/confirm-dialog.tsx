"use client";

import { AlertDialog } from "radix-ui";
import { type ReactNode, useActionState, useState } from "react";
import { Banner } from "./banner";
import { Button } from "./button";
import { cn } from "./cn";
import { floatStyle, veilStyle } from "./dialog";
import { Field } from "./field";
import { Input } from "./input";
import { SubmitButton } from "./submit-button";

type ConfirmDialogProps = {
  trigger: ReactNode;
  title: string;
  /** The exact effect, with amounts, in a sentence or two. */
  effect: ReactNode;
  /** A verb and what it does: "Refund $4.20". */
  confirm: string;
  /** What stays as it is: "Keep the payment". */
  cancel: string;
  tone?: "primary" | "danger";
  /** For what cannot be undone: the name that must be typed or pasted. */
  nameToType?: string;
  /** A server action; what it returns as `error` is shown and the dialog stays open. */
  action: (form: FormData) => Promise<{ error?: string | undefined } | undefined>;
  /** Further or hidden fields of the form. */
  children?: ReactNode;
};

/** Asks before a dangerous act: says the effect, offers the safe choice first, keeps what was typed on failure. */
export function ConfirmDialog({ trigger, title, effect, ...rest }: ConfirmDialogProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={setIsOpen}>
      <AlertDialog.Trigger asChild>{trigger}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={veilStyle} />
        <AlertDialog.Content
          className={cn(
            "fixed start-1/2 top-[max(2rem,14vh)] z-50 grid max-h-[calc(100dvh-4rem)] w-[calc(100vw-2rem)] max-w-xl gap-4 overflow-y-auto p-6",
            "-translate-x-1/2 rtl:translate-x-1/2",
            floatStyle,
          )}
        >
          <AlertDialog.Title className="text-lg">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="text-base text-body">{effect}</div>
          </AlertDialog.Description>
          <ConfirmForm {...rest} close={() => setIsOpen(false)} />
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

type ConfirmFormProps = Omit<ConfirmDialogProps, "trigger" | "title" | "effect"> & { close: () => void };

function ConfirmForm({ action, close, confirm, cancel, tone, nameToType, children }: ConfirmFormProps) {
  const [typed, setTyped] = useState("");
  const [error, submit] = useActionState(async (_before: string | null, form: FormData) => {
    const answer = await action(form);
    if (answer?.error) return answer.error;
    close();
    return null;
  }, null);
  const isHeldBack = nameToType !== undefined && typed.trim() !== nameToType;
  return (
    <form action={submit} className="grid gap-4">
      {error && <Banner tone="failed" title={error} isAlert />}
      {children}
      {nameToType !== undefined && (
        <Field
          id="confirm-name"
          label={
            <>
              Type <b className="mono">{nameToType}</b> to go on
            </>
          }
        >
          {(wire) => (
            <Input
              {...wire}
              kind="mono"
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <AlertDialog.Cancel asChild>
          <Button size="medium">{cancel}</Button>
        </AlertDialog.Cancel>
        <SubmitButton size="medium" variant={tone ?? "primary"} disabled={isHeldBack}>
          {confirm}
        </SubmitButton>
      </div>
    </form>
  );
}
