import { Amount } from "@/components/ui/amount";
import { Identifier } from "@/components/ui/identifier";
import { Status } from "@/components/ui/status";
import { RowLink, Table, Td, Th, Tr } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { ReceiptListView, ReceiptRow } from "@/lib/dashboard/receipts/view";

type ReceiptTableProps = Pick<ReceiptListView, "rows" | "places"> & {
  caption: string;
  /** Leave out where the order cannot be changed. */
  sorts?: ReceiptListView["sorts"];
};

/** Receipts as rows; the amount opens the receipt. */
export function ReceiptTable({ caption, rows, places, sorts }: ReceiptTableProps) {
  return (
    <Table caption={caption}>
      <thead>
        <tr>
          <Th sort={sorts?.createdAt}>Time</Th>
          <Th align="amount" sort={sorts?.amount}>
            Amount
          </Th>
          <Th>Status</Th>
          <Th>Delivery</Th>
          <Th>Endpoint</Th>
          <Th>Service</Th>
          <Th>Rail</Th>
          <Th>Payer</Th>
          <Th>Reference</Th>
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

function Row({ row, places }: { row: ReceiptRow; places: ReceiptTableProps["places"] }) {
  return (
    <Tr>
      <Td phone="meta">
        <Time {...row.at} />
      </Td>
      <Td align="amount" phone="lead">
        <RowLink href={row.href} prefetch={false}>
          <Amount {...row.amount} places={places} />
        </RowLink>
      </Td>
      <Td>
        <Status {...row.status} />
      </Td>
      <Td phone="status">
        <Status {...row.delivery} />
      </Td>
      <Td phone="sub">
        <span className="mono" title={`${row.method} ${row.path}`}>
          <span className="text-muted">{row.method}</span> <bdi>{row.path}</bdi>
        </span>
      </Td>
      <Td>{row.service}</Td>
      <Td>{row.rail}</Td>
      <Td>
        {row.payer ? <Identifier value={row.payer} what="payer" keep={[12, 4]} canCopy={false} /> : "—"}
      </Td>
      <Td>{row.reference ? <Identifier value={row.reference} what="reference" canCopy={false} /> : "—"}</Td>
    </Tr>
  );
}
