import { Chip } from "@/components/ui/chip";
import { FilterBar } from "@/components/ui/filter-bar";
import { RangeChip } from "@/components/ui/range-chip";
import { SearchField } from "@/components/ui/search-field";
import { TextLink } from "@/components/ui/text-link";
import type { RefundListView } from "@/lib/dashboard/refunds/view";

type RefundFiltersProps = Pick<RefundListView, "search" | "range" | "chips" | "clearHref">;

/** Search and range; each of them changes the address and nothing else. */
export function RefundFilters({ search, range, chips, clearHref }: RefundFiltersProps) {
  return (
    <FilterBar
      count={chips.length}
      search={
        <SearchField
          {...search}
          label="Search refunds"
          placeholder="Refund, receipt or reference"
          key={search.value}
        />
      }
      filters={
        <>
          <RangeChip {...range} />
          {chips.map((chip) => (
            <Chip key={chip.removeHref} {...chip} />
          ))}
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
