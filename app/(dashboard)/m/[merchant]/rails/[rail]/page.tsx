import type { Metadata } from "next";
import { NoticesPanel } from "@/components/rails/notices-panel";
import { DeleteRail } from "@/components/rails/rail-acts";
import { RailFacts } from "@/components/rails/rail-cards";
import { RailForm } from "@/components/rails/rail-form";
import { ReconciliationPanel } from "@/components/rails/reconciliation-panel";
import { TestRail } from "@/components/rails/test-rail";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import { loadRail } from "@/lib/dashboard/rails/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

type Props = { params: Promise<{ merchant: string; rail: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${(await params).rail} · Rails` };
}

export default async function Page({ params, searchParams }: Props) {
  const { merchant, rail } = await params;
  const address = { merchant, path: `rails/${rail}`, query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const { form, card, reconciliation, notices, crumbs, listHref } = await loadRail(address, rail);
  const { word, tone, shape, sentence } = card.state;
  const breadcrumb = [...shell.breadcrumb, ...crumbs];
  return (
    <DashboardShell shell={{ ...shell, breadcrumb, modeBase: listHref }}>
      <RailForm
        key={JSON.stringify(form.draft)}
        view={form}
        title={card.name}
        below={
          <>
            <Status tone={tone} shape={shape} label={word} isPill />
            <span>{sentence}</span>
          </>
        }
        foot={
          <>
            {reconciliation && <ReconciliationPanel view={reconciliation} merchant={merchant} rail={rail} />}
            {notices && <NoticesPanel view={notices} merchant={merchant} />}
            {form.mayWrite && <DeleteRail merchant={merchant} card={card} listHref={listHref} />}
          </>
        }
      >
        <Card title="About this rail">
          <RailFacts card={card} />
        </Card>
        {form.mayWrite && card.canTest && <TestRail merchant={merchant} rail={rail} />}
      </RailForm>
    </DashboardShell>
  );
}
