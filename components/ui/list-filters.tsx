import type { ComponentProps, ReactNode } from "react";
import { Chip } from "./chip";
import { FilterBar } from "./filter-bar";
import { RangeChip } from "./range-chip";
import { SearchField } from "./search-field";
import { TextLink } from "./text-link";

type ListFiltersProps = {
  search: Pick<ComponentProps<typeof SearchField>, "action" | "keep" | "value">;
  /** The label of the search field, "Search refunds", and what may be typed there. */
  label: string;
  placeholder: string;
  range: ComponentProps<typeof RangeChip>;
  chips: readonly ComponentProps<typeof Chip>[];
  clearHref: string | null;
  /** The way to add a filter, where there is one. */
  children?: ReactNode;
};

/** Search, range and filters of a list; each of them changes the address and nothing else. */
export function ListFilters({
  search,
  label,
  placeholder,
  range,
  chips,
  clearHref,
  children,
}: ListFiltersProps) {
  return (
    <FilterBar
      count={chips.length}
      search={<SearchField {...search} label={label} placeholder={placeholder} key={search.value} />}
      filters={
        <>
          <RangeChip {...range} />
          {chips.map((chip) => (
            <Chip key={chip.removeHref} {...chip} />
          ))}
          {children}
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
