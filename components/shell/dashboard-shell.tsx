import type { ReactNode } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import type { ShellView } from "@/lib/dashboard/shell/view";
import { AppShell } from "./app-shell";
import { SignOutItem } from "./sign-out-item";

type DashboardShellProps = { shell: ShellView; width?: "normal" | "wide"; children?: ReactNode };

/** The shell around a page of one merchant. Without the permission the page takes, it says so instead of the page. */
export function DashboardShell({ shell, width = "normal", children }: DashboardShellProps) {
  const { denied, ...props } = shell;
  return (
    <AppShell {...props} width={width} signOut={<SignOutItem />}>
      {denied ? (
        <EmptyState kind="not-allowed" title={`You need the ${denied.permission} permission`}>
          An owner or admin of {denied.merchant} can give you a role that has it.
        </EmptyState>
      ) : (
        children
      )}
    </AppShell>
  );
}
