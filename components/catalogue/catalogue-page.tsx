import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { TextLink } from "@/components/ui/text-link";
import type { CatalogueView, SoldRow, SoldService } from "@/lib/dashboard/catalogue/view";
import { CatalogueShell } from "./catalogue-shell";

/** What one merchant sells, what it costs and how it is paid. */
export function CataloguePage({ view }: { view: CatalogueView }) {
  const { host, name, summary, homepage, categories, services, openapi, llms, example } = view;
  return (
    <CatalogueShell
      host={host}
      title={name}
      openapi={openapi}
      llms={llms}
      note={
        <>
          {summary && (
            <p className="max-w-[75ch] text-base">
              <bdi>{summary}</bdi>
            </p>
          )}
          <p className="flex flex-wrap gap-x-4 text-muted text-sm">
            {categories.length > 0 && <bdi>{categories.join(", ")}</bdi>}
            {homepage && (
              <TextLink href={homepage} rel="noopener nofollow">
                {homepage}
              </TextLink>
            )}
          </p>
        </>
      }
    >
      {services.length === 0 ? (
        <Card body="flush">
          <EmptyState kind="first" title="Nothing is sold here at the moment">
            What this merchant puts on sale appears here and in the documents for programs.
          </EmptyState>
        </Card>
      ) : (
        services.map((service) => <ServiceCard key={service.slug} service={service} />)
      )}
      {example && <HowToPay example={example} />}
    </CatalogueShell>
  );
}

function ServiceCard({ service }: { service: SoldService }) {
  const { title, isTest, summary, homepage, rows } = service;
  return (
    <Card
      title={<bdi>{title}</bdi>}
      aside={isTest && <Status tone="attention" label="Test money only" isPill />}
      body="flush"
    >
      {(summary || homepage) && (
        <p className="px-4 pb-3 text-sm">
          {summary && <bdi>{summary} </bdi>}
          {homepage && (
            <TextLink href={homepage} rel="noopener nofollow">
              {homepage}
            </TextLink>
          )}
        </p>
      )}
      <ul>
        {rows.map((row) => (
          <li key={row.key} className="border-t">
            <Sold row={row} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Sold({ row }: { row: SoldRow }) {
  const { method, address, summary, description, prices, isFree } = row;
  return (
    <div className="grid gap-x-6 gap-y-1 px-4 py-3 text-sm sm:grid-cols-[minmax(0,1fr)_auto]">
      <div className="grid min-w-0 content-start gap-1">
        {summary && <bdi className="text-base text-ink">{summary}</bdi>}
        <bdi dir="ltr" className="mono text-muted wrap-anywhere">
          {method} {address}
        </bdi>
        {description && (
          <p className="max-w-[75ch] text-body">
            <bdi>{description}</bdi>
          </p>
        )}
      </div>
      <ul className="num sm:text-end">
        {isFree && <li className="text-muted">Free</li>}
        {prices.map((price, place) => (
          <li key={price} className={place === 0 ? "font-medium text-ink" : "text-body"}>
            {place > 0 && "or "}
            {price}
          </li>
        ))}
      </ul>
    </div>
  );
}

function HowToPay({ example }: { example: NonNullable<CatalogueView["example"]> }) {
  return (
    <Card title="How to pay">
      <div className="grid gap-3 text-sm">
        <p className="max-w-[75ch]">
          No account is needed. A program asks, is told the price, pays and asks again; the answer brings a
          receipt.
        </p>
        <ol className="grid max-w-[75ch] list-decimal gap-1 ps-5">
          <li>
            Send the request. The answer is <code>402</code> with a challenge for each way to pay in{" "}
            <code>WWW-Authenticate</code>.
          </li>
          <li>Pay one challenge before it expires.</li>
          <li>
            Send the same request again with <code>Authorization: Payment …</code>. With an{" "}
            <code>Idempotency-Key</code> the same answer can be fetched again without a second charge.
          </li>
          <li>
            After a 502, 503 or 504 do not pay again: repeat the request with the same credential after{" "}
            <code>Retry-After</code>.
          </li>
        </ol>
        <CodeBlock code={example.curl} what="command" />
        {example.isTest && (
          <p className="text-muted">This service is in test mode: what is paid is pretend money.</p>
        )}
      </div>
    </Card>
  );
}
