import { RefundWaits } from "@/components/receipts/refund-waits";
import { RetryRefund } from "@/components/receipts/retry-refund";
import { Amount } from "@/components/ui/amount";
import { Identifier } from "@/components/ui/identifier";
import { Status } from "@/components/ui/status";
import { Table, Td, Th } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";
import type { RefundListView, RefundRow } from "@/lib/dashboard/refunds/view";

type RefundTableProps = Pick<RefundListView, "rows" | "places"> & { merchant: string };

/** Refunds as rows; a failed one says why and can be sent again. */
export function RefundTable({ rows, places, merchant }: RefundTableProps) {
  return (
    <Table caption="Refunds, newest first">
      <thead>
        <tr>
          <Th>Requested</Th>
          <Th align="amount">Amount</Th>
          <Th>Status</Th>
          <Th>Reason</Th>
          <Th>Receipt</Th>
          <Th>Rail</Th>
          <Th>Who</Th>
          <Th>Age</Th>
          <Th>Reference</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} places={places} merchant={merchant} />
        ))}
      </tbody>
    </Table>
  );
}

type RowProps = Pick<RefundTableProps, "places" | "merchant"> & { row: RefundRow };

function Row({ row, places, merchant }: RowProps) {
  return (
    <tr>
      <Td phone="meta">
        <Time {...row.at} />
      </Td>
      <Td align="amount" phone="lead">
        <Amount {...row.amount} places={places} />
      </Td>
      <Td phone="status">
        <Status {...row.word} />
      </Td>
      <Td phone="sub" isWrapped className="w-full">
        {row.reason}
        {row.failure && <span className="block text-failed">{row.failure}</span>}
        {row.wait && <RefundWaits id={row.id} merchant={merchant} amount={row.amount.text} wait={row.wait} />}
        {row.canRetry && <RetryRefund id={row.id} merchant={merchant} amount={row.amount.text} />}
        <TextLink href={row.receipt.href} className="block md:hidden">
          Receipt
        </TextLink>
      </Td>
      <Td>
        <Identifier value={row.receipt.id} what="receipt" href={row.receipt.href} canCopy={false} />
      </Td>
      <Td>{row.rail}</Td>
      <Td>{row.by}</Td>
      <Td className="num">{row.age}</Td>
      <Td>{row.reference ? <Identifier value={row.reference} what="reference" canCopy={false} /> : "—"}</Td>
    </tr>
  );
}
