import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { RowLink, RowTh, Table, Td, Th, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { ServiceRow, ServicesView } from "@/lib/dashboard/services/view";

/** The services of one mode, each with the address that payers call. */
export function ServiceList({ rows, newHref, elsewhere, isMoneyShown }: ServicesView) {
  if (rows.length === 0) {
    return (
      <Card body="flush">
        <EmptyState
          kind="first"
          title="No service yet"
          action={
            newHref && (
              <ButtonLink href={newHref} variant="primary">
                New service
              </ButtonLink>
            )
          }
        >
          A service puts an API of yours behind an address where its endpoints have a price.
          {elsewhere && (
            <>
              {" "}
              There is{" "}
              <TextLink href={elsewhere.href} className="underline">
                {elsewhere.count}
              </TextLink>
              .
            </>
          )}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card body="flush">
      <Table caption="Services, in the order of the configuration">
        <thead>
          <tr>
            <Th>Service</Th>
            <Th>Address for payers</Th>
            <Th>Upstream</Th>
            <Th>Endpoints</Th>
            <Th>Rails</Th>
            {isMoneyShown && (
              <>
                <Th align="end">Paid, 24 h</Th>
                <Th align="end">Revenue, 24 h</Th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.slug} row={row} isMoneyShown={isMoneyShown} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function Row({ row, isMoneyShown }: { row: ServiceRow; isMoneyShown: boolean }) {
  return (
    <Tr>
      <RowTh phone="lead">
        <RowLink href={row.href} className="font-medium">
          {row.title}
        </RowLink>
      </RowTh>
      <Td>
        <span className="flex items-center gap-1">
          <bdi dir="ltr" className="mono block max-w-72 truncate" title={row.address}>
            {row.address.replace(/^https?:\/\//, "")}
          </bdi>
          <CopyButton value={row.address} what={`address of ${row.title}`} />
        </span>
      </Td>
      <Td phone="sub">
        <bdi dir="ltr" className="mono block max-w-56 truncate" title={row.upstreamHost}>
          {row.upstreamHost}
        </bdi>
      </Td>
      <Td phone="status">{row.isReadable ? row.endpoints : <Status tone="failed" label="Not served" />}</Td>
      <Td>{row.rails || <span className="text-muted">none</span>}</Td>
      {isMoneyShown && (
        <>
          <Td align="end" phone="meta">
            {row.paidRequests}
            <span className="md:hidden"> paid, 24 h</span>
          </Td>
          <Td align="end" className="py-1.5 font-medium text-ink">
            {row.revenue.length > 0 ? (
              row.revenue.map((sum) => (
                <span key={sum} className="block">
                  {sum}
                </span>
              ))
            ) : (
              <span className="font-regular text-muted">0</span>
            )}
          </Td>
        </>
      )}
    </Tr>
  );
}
