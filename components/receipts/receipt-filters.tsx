import { Button } from "@/components/ui/button";
import { ChipAdd } from "@/components/ui/chip";
import { Checkbox } from "@/components/ui/choice";
import { Field, FieldGroup } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { ListFilters } from "@/components/ui/list-filters";
import { Popover } from "@/components/ui/popover";
import type { ReceiptListView } from "@/lib/dashboard/receipts/view";

type ReceiptFiltersProps = Pick<
  ReceiptListView,
  "search" | "range" | "chips" | "choices" | "filterForm" | "clearHref"
>;

/** What the list's own filters are, beside search and range. */
export function ReceiptFilters(props: ReceiptFiltersProps) {
  return (
    <ListFilters {...props} label="Search receipts" placeholder="Any id, payer or path">
      <AddFilter {...props} />
    </ListFilters>
  );
}

function AddFilter({ choices, filterForm }: ReceiptFiltersProps) {
  const usable = choices.filter(({ options }) => options.length > 0);
  return (
    <Popover
      label="Add a filter"
      trigger={
        <button type="button" className="inline-flex rounded-control hover:bg-hover">
          <ChipAdd>Filter</ChipAdd>
        </button>
      }
    >
      <form action={filterForm.action} method="get" className="grid gap-3">
        {filterForm.keep.map(([name, value]) => (
          <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
        ))}
        {usable.map((choice) => (
          <ChoiceField key={choice.name} choice={choice} />
        ))}
        <Field id="filter-payer" label="Payer" help="As the rail names them.">
          {(wire) => <Input {...wire} size="small" name="payer" spellCheck={false} />}
        </Field>
        <Button type="submit" variant="primary">
          Show these
        </Button>
      </form>
    </Popover>
  );
}

/** A few are ticked; a long list, of which one is wanted, is chosen from. */
function ChoiceField({ choice }: { choice: ReceiptListView["choices"][number] }) {
  const { name, label, values, options, isSingle } = choice;
  if (!isSingle) {
    return (
      <FieldGroup legend={label}>
        {options.map((option) => (
          <Checkbox
            key={option.value}
            name={name}
            value={option.value}
            label={option.label}
            defaultChecked={values.includes(option.value)}
          />
        ))}
      </FieldGroup>
    );
  }
  return (
    <Field id={`filter-${name}`} label={label}>
      {(wire) => (
        <Select {...wire} size="small" name={name} defaultValue={values[0] ?? ""}>
          <option value="">Any</option>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
