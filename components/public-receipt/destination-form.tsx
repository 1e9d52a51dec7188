"use client";

import { useActionState, useId, useState } from "react";
import { Banner } from "@/components/ui/banner";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { sayWhereTo } from "@/lib/dashboard/public-receipt/actions";

type DestinationFormProps = { token: string; refundId: string; amount: string; asks: string };

/** Asks the payer where the money goes; works without scripts, and keeps what was typed when it is refused. */
export function DestinationForm({ token, refundId, amount, asks }: DestinationFormProps) {
  const id = useId();
  const [answer, send] = useActionState(sayWhereTo, null);
  const [typed, setTyped] = useState("");
  const problem = answer === null || answer.ok ? null : answer.problem;
  const fault = problem?.errors?.map(({ message }) => message).join(" ");
  return (
    <form action={send} className="grid justify-items-start gap-3 print:hidden">
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name="refundId" value={refundId} />
      {problem && <Banner tone="failed" title={`Nothing was sent. ${fault || problem.detail}`} isAlert />}
      <Field
        id={id}
        className="w-full"
        label="Where shall it be sent?"
        help={`${asks}. It is sent there once, at once, and cannot be changed afterwards.`}
        isRequired
      >
        {(wire) => (
          <Input
            {...wire}
            name="destination"
            kind="mono"
            size="touch"
            maxLength={4096}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        )}
      </Field>
      <SubmitButton size="touch">Send {amount} there</SubmitButton>
    </form>
  );
}
