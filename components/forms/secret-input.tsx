"use client";

import { type ComponentProps, useRef } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";

/** A secret as it is worked with: "kept" is stored and never shown again. */
type SecretState = { state: "secret" | "kept"; text: string; isStored: boolean };

type SecretInputProps = {
  /** What the secret is, for the buttons' names: "x-api-key". */
  what: string;
  secret: SecretState;
  onChange: (secret: SecretState) => void;
} & Omit<ComponentProps<typeof Input>, "value" | "onChange" | "type" | "kind">;

/** A value that goes in and never comes back: stored ones can be replaced, not read. */
export function SecretInput({ what, secret, onChange, id, ...rest }: SecretInputProps) {
  const field = useRef<HTMLInputElement>(null);
  const { state, text, isStored } = secret;
  const isKept = state === "kept";
  return (
    <div className="flex min-w-0 items-center gap-2">
      <Input
        {...rest}
        ref={field}
        id={id}
        type={isKept ? "text" : "password"}
        kind={isKept ? "text" : "mono"}
        autoComplete="off"
        spellCheck={false}
        data-1p-ignore=""
        data-lpignore="true"
        readOnly={isKept}
        placeholder={isKept ? "Stored, encrypted" : isStored ? "The new value" : ""}
        value={isKept ? "" : text}
        onChange={(event) => onChange({ state: "secret", text: event.target.value, isStored })}
        className="flex-1"
      />
      {isStored && (
        <Button
          size="medium"
          aria-label={isKept ? `Replace ${what}` : `Keep the stored ${what}`}
          onClick={() => {
            onChange({ state: isKept ? "secret" : "kept", text: "", isStored });
            if (isKept) field.current?.focus();
          }}
        >
          {isKept ? "Replace" : "Keep"}
        </Button>
      )}
    </div>
  );
}
