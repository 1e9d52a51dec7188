import type { Metadata } from "next";
import { RailForm } from "@/components/rails/rail-form";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { loadNewRail } from "@/lib/dashboard/rails/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Add rail · Rails" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function Page({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "rails/new", query: await searchParams };
  const shell = await loadShell(address, { scope: "config:write", breadcrumb: [] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const { form, crumbs, listHref } = await loadNewRail(address);
  return (
    <DashboardShell shell={{ ...shell, breadcrumb: [...shell.breadcrumb, ...crumbs] }}>
      {form ? (
        <RailForm key={form.draft.mode} view={form} title="Add rail" />
      ) : (
        <Card body="flush">
          <EmptyState
            kind="first"
            title={`No kind of rail for ${shell.mode} mode`}
            action={<ButtonLink href={listHref}>Back to Rails</ButtonLink>}
          >
            This installation has no kind of rail that can be added in {shell.mode} mode.
          </EmptyState>
        </Card>
      )}
    </DashboardShell>
  );
}
