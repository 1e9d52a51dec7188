import { RowLink, Table, Td, Th } from "@/components/ui/table";
import type { RevenueView } from "@/lib/dashboard/overview/view";

/** The same figures as the bars; each row opens the list that makes it up. */
export function RevenueTable({ revenue }: { revenue: RevenueView }) {
  const { title, series, buckets, total } = revenue;
  return (
    <div className="max-h-96 overflow-y-auto [--sticky-top:0rem]">
      <Table caption={title} phone="scroll" density="dense">
        <thead>
          <tr>
            <Th>When</Th>
            {series.map(({ name }) => (
              <Th key={name} align="end">
                {name}
              </Th>
            ))}
            <Th align="end">In all</Th>
          </tr>
        </thead>
        <tbody>
          {[...buckets].reverse().map((bucket) => (
            <tr key={bucket.key}>
              <Td>
                <RowLink href={bucket.href} prefetch={false}>
                  {bucket.full}
                </RowLink>
                {bucket.isRunning && <span className="text-muted"> · still running</span>}
              </Td>
              {series.map(({ name }, place) => (
                <Td key={name} align="end">
                  {bucket.amounts[place]}
                </Td>
              ))}
              <Td align="end" className="font-medium text-ink">
                {bucket.total}
              </Td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <Td>In all</Td>
            {series.map(({ name, total: each }) => (
              <Td key={name} align="end">
                {each}
              </Td>
            ))}
            <Td align="end">{total}</Td>
          </tr>
        </tfoot>
      </Table>
    </div>
  );
}
