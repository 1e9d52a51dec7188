import type { Metadata } from "next";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { TryIt } from "@/components/try-it/try-it";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";
import { loadTryIt } from "@/lib/dashboard/try-it/loaders";

export const metadata: Metadata = { title: "Try it" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function Page({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "try-it", query: await searchParams };
  const shell = await loadShell(address, { scope: "config:write", breadcrumb: [{ label: "Try it" }] });
  if (shell.denied) return <DashboardShell shell={shell} />;
  const view = await loadTryIt(address);
  return (
    <DashboardShell shell={shell} width="wide">
      <TryIt key={view.chosen} view={view} />
    </DashboardShell>
  );
}
