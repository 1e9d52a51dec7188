import type { Metadata } from "next";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { SearchField } from "@/components/ui/search-field";
import { RowLink, Table, Td, Th } from "@/components/ui/table";
import { loadSearch } from "@/lib/dashboard/search/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Search" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function SearchPage({ params, searchParams }: Props) {
  const { merchant } = await params;
  const address = { merchant, path: "search", query: await searchParams };
  const shell = await loadShell(address, { scope: "receipts:read", breadcrumb: [{ label: "Search" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const { q, found, receiptsHref } = await loadSearch(address);
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-4">
        <PageHeader
          title="Search"
          views={
            <SearchField
              action={`/m/${merchant}/search`}
              keep={[["mode", shell.mode]]}
              value={q}
              label="Search everything"
              placeholder="Any id, name or path"
            />
          }
        />
        <Card body="flush">
          {found.length === 0 ? (
            <EmptyState
              kind="no-match"
              title={q ? `Nothing is called “${q}”` : "What are you looking for?"}
              action={q ? <ButtonLink href={receiptsHref}>Search the receipts for it</ButtonLink> : undefined}
            >
              Paste a whole identifier: of a receipt, charge, refund, challenge, request or payer, or the
              reference that the network gave. Services and endpoints are found by any part of their name.
            </EmptyState>
          ) : (
            <Table caption={`What “${q}” stands for`}>
              <thead>
                <tr>
                  <Th>Kind</Th>
                  <Th>Name</Th>
                </tr>
              </thead>
              <tbody>
                {found.map(({ kind, label, href, isId }) => (
                  <tr key={`${href} ${label}`}>
                    <Td phone="sub" className="text-muted">
                      {kind}
                    </Td>
                    <Td phone="lead" className="w-full">
                      <RowLink href={href}>
                        <bdi className={isId ? "mono" : undefined}>{label}</bdi>
                      </RowLink>
                    </Td>
                  </tr>
                ))}
              </tbody>
            </Table>
          )}
        </Card>
      </div>
    </DashboardShell>
  );
}
