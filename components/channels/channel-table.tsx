import { Amount } from "@/components/ui/amount";
import { Identifier } from "@/components/ui/identifier";
import { Status } from "@/components/ui/status";
import { Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { ChannelListView, ChannelRow } from "@/lib/dashboard/channels/view";

type ChannelTableProps = Pick<ChannelListView, "rows" | "places">;

/** Channels as rows: what is in each, what of it is spent, and what happens next. */
export function ChannelTable({ rows, places }: ChannelTableProps) {
  return (
    <Table caption="Channels, newest first">
      <thead>
        <tr>
          <Th>Opened</Th>
          <Th align="amount">Deposit</Th>
          <Th align="amount">Accepted</Th>
          <Th align="amount">Spent</Th>
          <Th align="amount">Settled</Th>
          <Th align="amount">Remaining</Th>
          <Th>Status</Th>
          <Th>Next</Th>
          <Th>Service</Th>
          <Th>Payer</Th>
          <Th>Last use</Th>
          <Th>Channel</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} places={places} />
        ))}
      </tbody>
    </Table>
  );
}

function Row({ row, places }: Pick<ChannelTableProps, "places"> & { row: ChannelRow }) {
  return (
    <tr>
      <Td phone="meta">
        <Time {...row.at} />
      </Td>
      <Td align="amount" phone="lead">
        <Amount {...row.deposit} places={places} />
      </Td>
      <Td align="amount">
        <Amount {...row.accepted} places={places} isStrong={false} />
      </Td>
      <Td align="amount">
        <Amount {...row.spent} places={places} />
      </Td>
      <Td align="amount">
        <Amount {...row.settled} places={places} isStrong={false} />
      </Td>
      <Td align="amount">
        <Amount {...row.remaining} places={places} isStrong={false} />
      </Td>
      <Td phone="status">
        <Status {...row.word} />
      </Td>
      <Td className="num">{row.next}</Td>
      <Td>{row.service}</Td>
      <Td>{row.payer ? <Identifier value={row.payer} what="payer" canCopy={false} /> : "—"}</Td>
      <Td>
        <Time {...row.used} />
      </Td>
      <Td phone="sub">
        <Identifier value={row.id} what="channel" href={row.href} canCopy={false} />
      </Td>
    </tr>
  );
}
