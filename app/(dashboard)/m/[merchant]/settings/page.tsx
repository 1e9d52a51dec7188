import type { Metadata } from "next";
import { LogoCard } from "@/components/settings/logo-card";
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
  const { merchant, logo, mayWrite } = view;
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-6">
        <SettingsForm key={JSON.stringify(view.draft)} view={view} />
        {/* Beside the form, which begins anew when its values were saved: what was just chosen here stays. */}
        <div className={mayWrite ? "max-md:-mt-12 max-md:pb-12" : undefined}>
          <LogoCard merchant={merchant} logo={logo} mayWrite={mayWrite} />
        </div>
      </div>
    </DashboardShell>
  );
}
