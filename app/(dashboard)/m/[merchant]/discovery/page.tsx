import type { Metadata } from "next";
import { DiscoveryScreen } from "@/components/discovery/discovery-screen";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { loadDiscovery } from "@/lib/dashboard/discovery/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Discovery" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function Page({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "discovery", query: await searchParams };
  const shell = await loadShell(address, { scope: "config:read", breadcrumb: [{ label: "Discovery" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadDiscovery(address);
  return (
    <DashboardShell shell={shell}>
      <DiscoveryScreen view={view} />
    </DashboardShell>
  );
}
