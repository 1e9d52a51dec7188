import { Chip } from "@/components/ui/chip";
import { FilterBar } from "@/components/ui/filter-bar";
import { RangeChip } from "@/components/ui/range-chip";
import { SearchField } from "@/components/ui/search-field";
import { TextLink } from "@/components/ui/text-link";
import type { ChannelListView } from "@/lib/dashboard/channels/view";

type ChannelFiltersProps = Pick<ChannelListView, "search" | "range" | "chips" | "clearHref">;

/** Search and range; each of them changes the address and nothing else. */
export function ChannelFilters({ search, range, chips, clearHref }: ChannelFiltersProps) {
  return (
    <FilterBar
      count={chips.length}
      search={
        <SearchField {...search} label="Search channels" placeholder="Channel or payer" key={search.value} />
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
