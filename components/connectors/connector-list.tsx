import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { RowLink, RowTh, Table, Td, Th, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";
import type { ConnectorRow, ConnectorsView } from "@/lib/dashboard/connectors/view";

/** The shops of one mode: whether they get through, and what they called last. */
export function ConnectorList({ mode, rows, newHref, elsewhere }: ConnectorsView) {
  if (rows.length === 0) {
    return (
      <Card body="flush">
        <EmptyState
          kind="first"
          title={`No connector in ${mode} mode yet`}
          action={
            newHref && (
              <ButtonLink href={newHref} variant="primary">
                Add connector
              </ButtonLink>
            )
          }
        >
          A connector lets a shop that has its own checkout take payments on your rails: Medusa, VTEX, or any
          shop over REST.
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
      <Table caption="Connectors, as they stand in the configuration">
        <thead>
          <Tr>
            <Th>Connector</Th>
            <Th>Shop</Th>
            <Th>State</Th>
            <Th>Methods</Th>
            <Th>Last call</Th>
          </Tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.slug} row={row} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function Row({ row }: { row: ConnectorRow }) {
  return (
    <Tr>
      <RowTh phone="lead">
        <RowLink href={row.href}>{row.name}</RowLink>
        {row.name !== row.slug && <span className="mono ms-2 text-muted text-xs">{row.slug}</span>}
      </RowTh>
      <Td phone="sub">{row.kind}</Td>
      <Td phone="status">
        <Status {...row.health} />
      </Td>
      <Td>{row.methods || <span className="text-muted">none</span>}</Td>
      <Td phone="meta">
        {row.lastCall ? <Time {...row.lastCall.at} /> : <span className="text-muted">none yet</span>}
      </Td>
    </Tr>
  );
}
