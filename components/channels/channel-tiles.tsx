import { Tile, Tiles } from "@/components/ui/tile";
import type { ChannelListView } from "@/lib/dashboard/channels/view";

/** What stands in channels that are not closed. */
export function ChannelTiles({ tiles }: Pick<ChannelListView, "tiles">) {
  return (
    <Tiles label="Money in open channels" columns={5}>
      {tiles.map((tile) => (
        <Tile key={tile.label} {...tile} />
      ))}
    </Tiles>
  );
}
