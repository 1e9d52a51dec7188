"use client";

import type { ComponentProps } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";

/** A secret as it is worked with: "kept" is stored and never shown again. */
export type SecretState = { state: "secret" | "kept"; text: string; isStored: boolean };

type SecretInputProps = {
  /** What the secret is, for the buttons' names: "x-api-key". */
  what: string;
  secret: SecretState;
  onChange: (secret: SecretState) => void;
} & Omit<ComponentProps<typeof Input>, "value" | "onChange" | "type" | "kind">;

/** A value that goes in and never comes back: stored ones can be replaced, not read. */
export function SecretInput({ what, secret, onChange, id, ...rest }: SecretInputProps) {
  const { state, text, isStored } = secret;
  if (state === "kept") {
    return (
      <div className="flex min-w-0 items-center gap-2">
        <Input
          {...rest}
          id={id}
          readOnly
          value=""
          placeholder="Stored, encrypted, never shown"
          className="flex-1"
        />
        <Button
          size="medium"
          aria-label={`Replace ${what}`}
          onClick={() => onChange({ state: "secret", text: "", isStored })}
        >
          Replace
        </Button>
      </div>
    );
  }
  return (
    <div className="flex min-w-0 items-center gap-2">
      <Input
        {...rest}
        id={id}
        type="password"
        kind="mono"
        autoComplete="off"
        spellCheck={false}
        data-1p-ignore=""
        data-lpignore="true"
        placeholder={isStored ? "The new value" : ""}
        value={text}
        onChange={(event) => onChange({ state: "secret", text: event.target.value, isStored })}
        className="flex-1"
      />
      {isStored && (
        <Button
          size="medium"
          aria-label={`Keep the stored ${what}`}
          onClick={() => onChange({ state: "kept", text: "", isStored })}
        >
          Keep
        </Button>
      )}
    </div>
  );
}
