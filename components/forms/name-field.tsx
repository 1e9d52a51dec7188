import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

type NameFieldProps = {
  id: string;
  label?: string;
  /** Who remembers it and of what: "receipts and the configuration know the rail by it". */
  known: string;
  isNew: boolean;
  error: string | undefined;
  value: string;
  onChange: (name: string) => void;
};

/** The name of a thing in addresses and documents: chosen once, and shown from then on. */
export function NameField({ id, label = "Name", known, isNew, error, value, onChange }: NameFieldProps) {
  const help = isNew
    ? `Lower-case letters, digits and hyphens. It stays: ${known}.`
    : `It stays, because ${known}.`;
  return (
    <Field id={id} label={label} isRequired={isNew} error={error} help={help}>
      {(wire) => (
        <Input
          {...wire}
          kind="mono"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          readOnly={!isNew}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}
