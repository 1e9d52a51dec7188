import { CopyButton } from "@/components/ui/copy-button";
import { Status } from "@/components/ui/status";
import { RowLink, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { LinkRow } from "@/lib/dashboard/links/view";

/** Payment links, each with its address at hand. */
export function LinkTable({ rows }: { rows: readonly LinkRow[] }) {
  return (
    <Table caption="Payment links, newest first">
      <thead>
        <tr>
          <Th>For</Th>
          <Th align="end">Asks for</Th>
          <Th>State</Th>
          <Th>Paid</Th>
          <Th>Expires</Th>
          <Th>Made</Th>
          <Th>Address</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Td phone="lead" className="w-full max-w-72 truncate">
              <RowLink href={row.href} prefetch={false}>
                <bdi>{row.title}</bdi>
              </RowLink>
            </Td>
            <Td align="end" phone="sub" className="num">
              {row.amount ?? <span className="mono text-muted">{row.target}</span>}
            </Td>
            <Td phone="status">
              <Status {...row.word} />
            </Td>
            <Td phone="meta" className="num">
              {row.uses.text}
              {row.uses.note && <span className="text-muted"> · {row.uses.note}</span>}
            </Td>
            <Td>{row.expires ? <Time {...row.expires} /> : <span className="text-muted">—</span>}</Td>
            <Td>
              <Time {...row.at} />
            </Td>
            <Td>
              <CopyButton value={row.address} what={`address of ${row.title}`} className="relative z-10" />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
