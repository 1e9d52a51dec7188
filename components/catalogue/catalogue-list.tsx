import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/text-link";
import type { CatalogueListView } from "@/lib/dashboard/catalogue/view";
import { CatalogueShell } from "./catalogue-shell";

/** The merchants of this installation that are listed and sell something. */
export function CatalogueList({ view: { host, merchants, openapi, llms } }: { view: CatalogueListView }) {
  return (
    <CatalogueShell host={host} title="What is sold here" openapi={openapi} llms={llms}>
      <Card body="flush">
        {merchants.length === 0 ? (
          <EmptyState kind="first" title="Nothing is sold here for real money yet">
            Merchants appear here when they are listed and a service of theirs is in live mode.
          </EmptyState>
        ) : (
          <ul>
            {merchants.map(({ name, href, summary, categories, counts }) => (
              <li key={href} className="grid gap-1 border-t px-4 py-3 text-sm first:border-0">
                <TextLink href={href} className="text-base">
                  <bdi>{name}</bdi>
                </TextLink>
                {summary && (
                  <p className="max-w-[75ch]">
                    <bdi>{summary}</bdi>
                  </p>
                )}
                <p className="text-muted">
                  {counts}
                  {categories.length > 0 && <bdi>{`, ${categories.join(", ")}`}</bdi>}
                </p>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </CatalogueShell>
  );
}
