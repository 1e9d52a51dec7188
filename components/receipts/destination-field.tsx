import { type ComponentProps, useId } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

type DestinationFieldProps = Pick<ComponentProps<typeof Field>, "help" | "isRequired" | "isOptional"> &
  Pick<ComponentProps<typeof Input>, "value" | "onChange">;

/** Where money is sent that knows no way back: an address or an invoice, as it was given. */
export function DestinationField({ value, onChange, ...field }: DestinationFieldProps) {
  return (
    <Field id={useId()} label="Destination" {...field}>
      {(wire) => (
        <Input
          {...wire}
          name="destination"
          kind="mono"
          maxLength={4096}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={value}
          onChange={onChange}
        />
      )}
    </Field>
  );
}
