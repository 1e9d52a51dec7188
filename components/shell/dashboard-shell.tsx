import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { MenuSubmit } from "@/components/ui/menu";
import { PageHeader } from "@/components/ui/page-header";
import { leave } from "@/lib/dashboard/account/actions";
import type { ShellView } from "@/lib/dashboard/shell/view";
import { AppShell } from "./app-shell";

type DashboardShellProps = { shell: ShellView; width?: "normal" | "wide"; children?: ReactNode };

const signOut = (
  <form action={leave}>
    <MenuSubmit>Sign out</MenuSubmit>
  </form>
);

/** The shell around a page of one merchant. Without the permission the page takes, it says so instead of the page. */
export function DashboardShell({ shell, width = "normal", children }: DashboardShellProps) {
  const { denied, ...props } = shell;
  return (
    <AppShell {...props} width={width} signOut={signOut}>
      {denied ? (
        <div className="grid gap-4">
          <PageHeader title={shell.breadcrumb.at(-1)?.label ?? denied.merchant} />
          <Card body="flush">
            <EmptyState kind="not-allowed" title={`You need the ${denied.permission} permission`}>
              An owner or admin of {denied.merchant} can give you a role that has it.
            </EmptyState>
          </Card>
        </div>
      ) : (
        children
      )}
    </AppShell>
  );
}
