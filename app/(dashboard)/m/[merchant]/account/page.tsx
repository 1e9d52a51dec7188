import type { Metadata } from "next";
import { EndSessions } from "@/components/account/end-sessions";
import { PasswordForm } from "@/components/account/password-form";
import { DashboardShell } from "@/components/shell/dashboard-shell";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { PageHeader } from "@/components/ui/page-header";
import { loadAccount } from "@/lib/dashboard/account/loaders";
import { loadShell } from "@/lib/dashboard/shell/loaders";
import type { Query } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Account" };

type Props = { params: Promise<{ merchant: string }>; searchParams: Promise<Query> };

export default async function AccountPage({ params, searchParams }: Props) {
  const address = { merchant: (await params).merchant, path: "account", query: await searchParams };
  const [shell, view] = await Promise.all([
    loadShell(address, { breadcrumb: [{ label: "Account" }] }),
    loadAccount(address),
  ]);
  const you = [
    { label: "E-mail", value: view.email },
    { label: "Name", value: view.name ?? "—" },
    ...(view.isOperator ? [{ label: "Installation", value: "Owner" }] : []),
    ...view.roles.map(({ merchant, role }) => ({ label: merchant, value: role })),
  ];
  return (
    <DashboardShell shell={shell}>
      <div className="grid gap-6">
        <PageHeader title="Account" />
        <div className="grid items-start gap-6 lg:grid-cols-2">
          <Card title="You">
            <Facts facts={you} />
          </Card>
          <Card title="Sessions">
            <div className="grid justify-items-start gap-3 text-sm">
              <p>
                A session lasts for seven days. Signing out ends all of them, so that a copied session is
                worth nothing afterwards.
              </p>
              <EndSessions />
            </div>
          </Card>
          <Card title="Password">
            <PasswordForm merchant={view.merchant} email={view.email} />
          </Card>
        </div>
      </div>
    </DashboardShell>
  );
}
