import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { RowLink, RowTh, Table, Td, Th, Tr } from "@/components/ui/table";
import type { CompletenessRow } from "@/lib/dashboard/discovery/view";

type CompletenessProps = { rows: readonly CompletenessRow[]; mayWrite: boolean };

/** What an agent can learn of each endpoint; the row leads to where the missing part is written. */
export function Completeness({ rows, mayWrite }: CompletenessProps) {
  if (rows.length === 0) {
    return (
      <Card body="flush">
        <EmptyState kind="first" title="No endpoint in this mode">
          Endpoints appear here as soon as a service has them.
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card
      title="What agents can learn"
      note={mayWrite ? "a row leads to its endpoint, where the missing part is written" : undefined}
      body="flush"
    >
      <Table caption="Endpoints and what is said of each">
        <thead>
          <tr>
            <Th>Endpoint</Th>
            <Th>Service</Th>
            <Th>Description</Th>
            <Th>Parameters</Th>
            <Th>Request schema</Th>
            <Th>Response schema</Th>
            <Th>Told</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Tr key={row.key}>
              <RowTh phone="lead">
                <RowLink href={row.href}>
                  <bdi dir="ltr" className="mono">
                    {row.method} {row.path}
                  </bdi>
                </RowLink>
              </RowTh>
              <Td phone="meta">{row.service}</Td>
              <Part part={row.description} />
              <Part part={row.parameters} />
              <Part part={row.request} />
              <Part part={row.response} />
              <Td phone="sub">
                <span className="md:hidden">{lackOf(row)}. </span>
                {row.untold ? `Not told: ${row.untold}` : "Told"}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

/** The missing parts in one line, for a screen too narrow for their columns. */
function lackOf({ description, parameters, request, response }: CompletenessRow): string {
  const parts = { description, parameters, "request schema": request, "response schema": response };
  const lacking = Object.entries(parts).flatMap(([name, part]) => (part === "missing" ? [name] : []));
  return lacking.length === 0 ? "Nothing is missing" : `Without ${lacking.join(", ")}`;
}

function Part({ part }: { part: "said" | "missing" | "none" }) {
  return (
    <Td>
      {part === "none" && <span className="text-muted">—</span>}
      {part === "said" && <Status tone="neutral" shape="check" label="Said" />}
      {part === "missing" && <Status tone="attention" label="Missing" />}
    </Td>
  );
}
