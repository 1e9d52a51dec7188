import { Banner } from "@/components/ui/banner";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { CopyButton } from "@/components/ui/copy-button";
import { Facts } from "@/components/ui/facts";
import { PageHeader } from "@/components/ui/page-header";
import { TabsNav } from "@/components/ui/tabs-nav";
import { TextLink } from "@/components/ui/text-link";
import type { DiscoveryView } from "@/lib/dashboard/discovery/view";
import { Completeness } from "./completeness";
import { DriftCard } from "./drift-card";

/** What is told of this merchant to agents and people, and whether it is true. */
export function DiscoveryScreen({ view }: { view: DiscoveryView }) {
  return (
    <div className="grid gap-6">
      <PageHeader
        title="Discovery"
        note="what agents and people are told"
        actions={view.untold === null && <ButtonLink href={view.catalogueHref}>Public catalogue</ButtonLink>}
      />
      {view.untold && (
        <Banner tone="attention" title="Nothing is told">
          {view.untold}
        </Banner>
      )}
      <TabsNav label="Views of discovery" tabs={view.tabs} />
      {view.document && <DocumentCard document={view.document} />}
      {view.drift && <DriftCard merchant={view.merchant} drift={view.drift} mayWrite={view.mayWrite} />}
      {view.tab === "completeness" && <Completeness rows={view.completeness} mayWrite={view.mayWrite} />}
    </div>
  );
}

function DocumentCard({ document }: { document: NonNullable<DiscoveryView["document"]> }) {
  const { name, choices, address, text, facts } = document;
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <Card
        title={<span className="mono">{name}</span>}
        note={name === "openapi.json" ? "laid out for reading; served without blanks" : "as served"}
        className="max-lg:order-last"
      >
        <CodeBlock code={text} what={name} className="max-h-[40rem] overflow-y-auto" />
      </Card>
      <div className="grid gap-6">
        <Card title="Served at">
          <div className="grid gap-3">
            <p className="flex items-start gap-1 text-sm">
              <bdi dir="ltr" className="mono min-w-0 flex-1 text-ink wrap-anywhere">
                {address}
              </bdi>
              <CopyButton value={address} what="address" />
            </p>
            <Facts facts={facts} />
          </div>
        </Card>
        <Card title="Documents">
          <ul className="grid gap-1 text-sm">
            {choices.map(({ label, href, isCurrent }) => (
              <li key={href}>
                {isCurrent ? (
                  <span aria-current="true" className="font-medium text-ink">
                    {label}
                  </span>
                ) : (
                  <TextLink href={href}>{label}</TextLink>
                )}
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </div>
  );
}
