"use client";

import { type ComponentProps, useState } from "react";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

type PasswordFieldProps = {
  id: string;
  label: string;
  help?: string;
  error?: string | undefined;
  /** Offers to show what is typed, where a new password is chosen. */
  canShow?: boolean;
  input: ComponentProps<typeof Input>;
};

export function PasswordField({ id, label, help, error, canShow, input }: PasswordFieldProps) {
  const [isShown, setIsShown] = useState(false);
  return (
    <div className="grid gap-2">
      <Field id={id} label={label} help={help} error={error}>
        {(wire) => <Input {...wire} {...input} type={isShown ? "text" : "password"} />}
      </Field>
      {canShow && (
        <Checkbox
          label="Show the password"
          checked={isShown}
          onChange={(event) => setIsShown(event.target.checked)}
        />
      )}
    </div>
  );
}
