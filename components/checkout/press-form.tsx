import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { PayButton } from "./pay-button";

type PressFormProps = {
  action: string;
  amount: string;
  /** Which of the offers that were shown is paid; a payment that was opened first has one. */
  attempt?: string;
  choices: readonly Readonly<{ name: string; title: string }>[];
};

/** Pays at the press of a button, as on the pretend network, which can be told what to do. */
export function PressForm({ action, amount, attempt, choices }: PressFormProps) {
  return (
    <form method="post" action={action} className="grid gap-4">
      {attempt !== undefined && <input type="hidden" name="attempt" value={attempt} />}
      {choices.length > 0 && (
        <Field id="choice" label="The pretend network will">
          {(wire) => (
            <Select {...wire} name="choice" size="touch">
              {choices.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      <PayButton label={`Pay ${amount}`} />
    </form>
  );
}
