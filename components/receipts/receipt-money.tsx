import { Amount } from "@/components/ui/amount";
import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import { RowTh, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { BreakdownRow, ReceiptView } from "@/lib/dashboard/receipt/view";
import { RefundWaits } from "./refund-waits";
import { RetryRefund } from "./retry-refund";

/** From the list price to what is left of it. */
export function Breakdown({ breakdown, places }: Pick<ReceiptView, "breakdown" | "places">) {
  const rows = breakdown.filter(({ isTotal }) => !isTotal);
  const totals = breakdown.filter(({ isTotal }) => isTotal);
  return (
    <Card title="Breakdown" body="flush">
      <Table caption="Breakdown" phone="scroll">
        <tbody>
          {rows.map((row) => (
            <Line key={row.label} row={row} places={places} />
          ))}
        </tbody>
        <tfoot>
          {totals.map((row) => (
            <Line key={row.label} row={row} places={places} />
          ))}
        </tfoot>
      </Table>
    </Card>
  );
}

function Line({ row, places }: { row: BreakdownRow; places: ReceiptView["places"] }) {
  return (
    <tr>
      <RowTh>{row.label}</RowTh>
      <Td isWrapped className="w-full font-regular text-muted">
        {row.note}
      </Td>
      <Td align="amount">
        <Amount {...row.amount} places={places} />
      </Td>
    </tr>
  );
}

type RefundsProps = Pick<ReceiptView, "refunds" | "merchant" | "places">;

/** What went back, or is on its way. */
export function Refunds({ refunds, merchant, places }: RefundsProps) {
  if (refunds.length === 0) return null;
  return (
    <Card title="Refunds" body="flush" id="refunds">
      <Table caption="Refunds of this receipt">
        <thead>
          <tr>
            <Th>Requested</Th>
            <Th align="amount">Amount</Th>
            <Th>Status</Th>
            <Th>Reason</Th>
            <Th>By</Th>
          </tr>
        </thead>
        <tbody>
          {refunds.map((refund) => (
            <tr key={refund.id}>
              <Td phone="meta">
                <Time {...refund.at} />
              </Td>
              <Td align="amount" phone="lead">
                <Amount {...refund.amount} places={places} />
              </Td>
              <Td phone="status">
                <Status {...refund.word} />
              </Td>
              <Td isWrapped phone="sub">
                {refund.reason}
                {refund.failure && <span className="block text-failed">{refund.failure}</span>}
                {refund.wait && (
                  <RefundWaits
                    id={refund.id}
                    merchant={merchant}
                    amount={refund.amount.text}
                    wait={refund.wait}
                  />
                )}
                {refund.canRetry && (
                  <RetryRefund id={refund.id} merchant={merchant} amount={refund.amount.text} />
                )}
              </Td>
              <Td>{refund.by}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

/** The double entries that this payment has caused. */
export function Postings({ postings, places }: Pick<ReceiptView, "postings" | "places">) {
  if (postings.length === 0) return null;
  return (
    <Card title="Ledger" note="each cause sums to zero" body="flush">
      <Table caption="Postings of this charge" phone="scroll" density="dense">
        <thead>
          <tr>
            <Th>Cause</Th>
            <Th>Account</Th>
            <Th align="amount">Amount</Th>
          </tr>
        </thead>
        <tbody>
          {postings.map(({ key, reason, account, amount }) => (
            <tr key={`${key} ${account} ${amount.text}`}>
              <Td className="text-muted">
                <span title={key}>{reason}</span>
              </Td>
              <Td className="w-full">
                <bdi className="mono">{account}</bdi>
              </Td>
              <Td align="amount">
                <Amount {...amount} places={places} isStrong={false} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
