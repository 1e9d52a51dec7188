import type { Metadata } from "next";
import { SettingsForm } from "@/components/settings/settings-form";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { loadSettings } from "@/lib/dashboard/settings/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Settings" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function Page({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "settings", query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [{ label: "Settings" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadSettings(address);
  return (
    <DashboardShell shell={shell}>
      <SettingsForm key={JSON.stringify(view.draft)} view={view} />
    </DashboardShell>
  );
}
