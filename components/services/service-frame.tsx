import type { ReactNode } from "react";
import { Banner } from "@/components/ui/banner";
import { PageHeader } from "@/components/ui/page-header";
import { TabsNav } from "@/components/ui/tabs-nav";
import type { ServiceHeaderView } from "@/lib/dashboard/services/view";
import { NotServed, ServiceAddress } from "./service-header";

/** The tabs of a service, and what its reader has to know before anything else. */
export function ServiceTabs({ view }: { view: ServiceHeaderView }) {
  return (
    <>
      <TabsNav label="Service" tabs={view.tabs} />
      {!view.isReadable && <NotServed settingsHref={view.settingsHref} />}
      {view.isPaused && (
        <Banner tone="attention" title="This service is paused">
          Every request is answered with 503 and nobody is asked for money. What was paid stays redeemable.
          Resume it in its settings.
        </Banner>
      )}
    </>
  );
}

type ServiceFrameProps = { view: ServiceHeaderView; actions?: ReactNode; children: ReactNode };

/** A page of a service that is no form as a whole. */
export function ServiceFrame({ view, actions, children }: ServiceFrameProps) {
  return (
    <div className="grid gap-6">
      <div className="grid gap-4">
        <PageHeader title={view.title} below={<ServiceAddress address={view.address} />} actions={actions} />
        <ServiceTabs view={view} />
      </div>
      {children}
    </div>
  );
}
