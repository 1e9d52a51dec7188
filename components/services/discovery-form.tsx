"use client";

import { DraftForm, Fields } from "@/components/forms/draft-form";
import { useDraft } from "@/components/forms/use-draft";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { placeFaults } from "@/lib/dashboard/forms/view";
import { saveServiceAbout } from "@/lib/dashboard/services/discovery/actions";
import { type AboutDraft, type DiscoveryView, locateInAbout } from "@/lib/dashboard/services/discovery/view";
import { AboutFields } from "./about-fields";
import { ServiceTabs } from "./service-frame";
import { ServiceAddress } from "./service-header";

/** What discovery tells of a service, and the host it is sold on. */
export function DiscoveryForm({ view }: { view: DiscoveryView }) {
  const form = useDraft<AboutDraft>({
    stored: view.draft,
    save: saveServiceAbout,
    about: { merchant: view.merchant, service: view.slug },
    done: () => `Texts of ${view.title} saved.`,
  });
  const faults = placeFaults(form.refusal?.errors ?? [], locateInAbout);
  return (
    <DraftForm
      {...form}
      title={view.title}
      below={<ServiceAddress address={view.address} />}
      tabs={<ServiceTabs view={view} />}
      submitLabel="Save texts"
      isNew={false}
      mayWrite={view.mayWrite}
      faults={faults}
    >
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Fields mayWrite={view.mayWrite}>
          <Card title="Texts and domain">
            <AboutFields
              draft={form.draft}
              faults={faults}
              sold="this service, from its root"
              listedHelp="Discovery tells of it. What is not listed is sold all the same."
              change={form.change}
            />
          </Card>
        </Fields>
        <Card title="Where it is told" note={view.silence ? "nothing is told now" : undefined}>
          <div className="grid gap-3 text-sm">
            {view.silence && <p>{view.silence}</p>}
            {view.documents.map(({ label, href }) => (
              <span key={href} className="flex min-w-0 items-center gap-1">
                <a href={href} className="mono min-w-0 text-accent wrap-anywhere hover:underline">
                  {href.replace(/^https?:\/\//, "")}
                </a>
                <CopyButton value={href} what={`address of ${label}`} />
              </span>
            ))}
            <p className="text-muted text-xs">
              Programs read what is sold there, with the prices that a challenge would ask.
            </p>
          </div>
        </Card>
      </div>
    </DraftForm>
  );
}
