"use client";

import type { ReactNode } from "react";
import { DraftForm } from "@/components/forms/draft-form";
import { useDraft } from "@/components/forms/use-draft";
import { saveEndpoint } from "@/lib/dashboard/endpoints/actions";
import {
  type EndpointDraft,
  type EndpointFormView,
  labelOf,
  locateInEndpoint,
} from "@/lib/dashboard/endpoints/view";
import { placeFaults } from "@/lib/dashboard/forms/view";
import { DeliveryCard } from "./endpoint-delivery";
import { TermsCard } from "./endpoint-terms";
import { OffersCard } from "./offers-card";
import { CommandsCard, PreviewCard } from "./preview-card";

type EndpointFormProps = { view: EndpointFormView; title: ReactNode; below?: ReactNode };

/** The endpoint editor: the form on the left, what comes of it on the right. */
export function EndpointForm({ view, title, below }: EndpointFormProps) {
  const { stored } = view;
  const form = useDraft<EndpointDraft>({
    stored: view.draft,
    save: saveEndpoint,
    about: {
      merchant: view.merchant,
      service: view.service,
      replaces: stored && { method: stored.method, path: stored.path },
    },
    done: (draft) => `${labelOf(draft)} ${stored ? "saved" : "created"}.`,
  });
  const faults = placeFaults(form.refusal?.errors ?? [], locateInEndpoint);
  const parts = { view, draft: form.draft, faults, change: form.change };
  return (
    <DraftForm
      {...form}
      title={title}
      below={below}
      submitLabel={stored ? "Save endpoint" : "Create endpoint"}
      isNew={stored === null}
      mayWrite={view.mayWrite}
      faults={faults}
    >
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <div className="grid gap-6">
          <TermsCard {...parts} />
          <OffersCard view={view} draft={form.draft} />
          <DeliveryCard {...parts} />
        </div>
        <div className="grid gap-6">
          <PreviewCard view={view} isChanged={form.isChanged} />
          <CommandsCard view={view} />
        </div>
      </div>
    </DraftForm>
  );
}
