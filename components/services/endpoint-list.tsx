import { Amount } from "@/components/ui/amount";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { RowLink, RowTh, Table, Td, Th, Tr } from "@/components/ui/table";
import type { EndpointRow, ServiceView } from "@/lib/dashboard/services/view";

/** The endpoints of a service: what is asked for, what it costs, on which rails it can be paid. */
export function EndpointList({
  endpoints,
  places,
  newEndpointHref,
  importHref,
  hasRails,
  railsHref,
}: ServiceView) {
  if (endpoints.length === 0) {
    return (
      <Card body="flush">
        <EmptyState
          kind="first"
          title="No endpoint yet"
          action={
            <>
              {newEndpointHref && (
                <ButtonLink href={newEndpointHref} variant="primary">
                  New endpoint
                </ButtonLink>
              )}
              {importHref && <ButtonLink href={importHref}>Import OpenAPI</ButtonLink>}
              {!hasRails && <ButtonLink href={railsHref}>Choose rails</ButtonLink>}
            </>
          }
        >
          Only what is listed here is answered: each method and path of the upstream that payers may ask for,
          priced or free.
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card body="flush">
      <Table caption="Endpoints of this service, in the order of the configuration">
        <thead>
          <tr>
            <Th>Method</Th>
            <Th>Path</Th>
            <Th>Description</Th>
            <Th align="amount">Price</Th>
            <Th>Offered on</Th>
          </tr>
        </thead>
        <tbody>
          {endpoints.map((row) => (
            <Row key={row.id} row={row} places={places} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function Row({ row, places }: { row: EndpointRow; places: ServiceView["places"] }) {
  const path = <span className="mono">{row.path}</span>;
  return (
    <Tr>
      <Td phone="meta">
        <span className="mono">{row.method}</span>
      </Td>
      <RowTh phone="lead">
        <bdi dir="ltr">
          {row.href ? (
            <RowLink href={row.href} aria-label={`${row.method} ${row.path}`}>
              {path}
            </RowLink>
          ) : (
            path
          )}
        </bdi>
      </RowTh>
      <Td phone="sub">
        <span className="block max-w-96 truncate" title={row.description ?? undefined}>
          {row.description ?? <span className="text-muted">—</span>}
        </span>
      </Td>
      <Td align="amount" phone="status">
        {row.isPaused ? (
          <Status tone="attention" shape="pause" label="Paused" />
        ) : row.price ? (
          <>
            <Amount {...row.price} places={places} />
            {row.per && <span className="ms-1 text-muted text-xs">per {row.per}</span>}
            {row.rules && <span className="ms-1 text-muted text-xs">{row.rules}</span>}
          </>
        ) : (
          <span className="text-muted md:pe-[3.2ch]">free</span>
        )}
      </Td>
      <Td>
        {row.offered === "" ? (
          <Status tone="attention" label="On no rail" />
        ) : (
          (row.offered ?? <span className="text-muted">—</span>)
        )}
      </Td>
    </Tr>
  );
}
