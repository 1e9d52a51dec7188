import { Banner } from "@/components/ui/banner";
import { ButtonLink } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import type { ServiceHeaderView } from "@/lib/dashboard/services/view";

/** What payers call, under the service's title. */
export function ServiceAddress({ address }: Pick<ServiceHeaderView, "address">) {
  return (
    <span className="flex min-w-0 items-center gap-1">
      <bdi dir="ltr" className="mono wrap-anywhere">
        {address}
      </bdi>
      <CopyButton value={address} what="address" />
    </span>
  );
}

/** Shown while nothing of the service is sold, because what is stored cannot be opened. */
export function NotServed({ settingsHref }: Pick<ServiceHeaderView, "settingsHref">) {
  return (
    <Banner
      tone="failed"
      title="This service is not served"
      actions={<ButtonLink href={settingsHref}>Open its settings</ButtonLink>}
    >
      A header's secret cannot be read with the present FAREBOX_SECRET, so every request is answered with 404.
      Nothing was charged meanwhile. Replace the secret, or start with the secret it was stored under.
    </Banner>
  );
}
