import { Button } from "@/components/ui/button";
import { Chip, ChipAdd } from "@/components/ui/chip";
import { Checkbox } from "@/components/ui/choice";
import { Field, FieldGroup } from "@/components/ui/field";
import { FilterBar } from "@/components/ui/filter-bar";
import { Input, Select } from "@/components/ui/input";
import { Popover } from "@/components/ui/popover";
import { RangeChip } from "@/components/ui/range-chip";
import { SearchField } from "@/components/ui/search-field";
import { TextLink } from "@/components/ui/text-link";
import type { ReceiptListView } from "@/lib/dashboard/receipts/view";

type ReceiptFiltersProps = Pick<
  ReceiptListView,
  "search" | "range" | "chips" | "choices" | "filterForm" | "clearHref"
>;

/** Search, range and filters; each of them changes the address and nothing else. */
export function ReceiptFilters(props: ReceiptFiltersProps) {
  const { search, range, chips, clearHref } = props;
  return (
    <FilterBar
      count={chips.length}
      search={
        <SearchField
          {...search}
          label="Search receipts"
          placeholder="Any id, payer or path"
          key={search.value}
        />
      }
      filters={
        <>
          <RangeChip {...range} />
          {chips.map((chip) => (
            <Chip key={chip.removeHref} {...chip} />
          ))}
          <AddFilter {...props} />
          {clearHref && (
            <TextLink href={clearHref} className="text-sm">
              Clear
            </TextLink>
          )}
        </>
      }
    />
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
