"use client";

import type { ReactNode } from "react";
import { DraftForm, Fields } from "@/components/forms/draft-form";
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

type EndpointFormProps = { view: EndpointFormView; title: ReactNode; below?: ReactNode; foot?: ReactNode };

/** The endpoint editor: the form on the left, what comes of it on the right. */
export function EndpointForm({ view, title, below, foot }: EndpointFormProps) {
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
  // On a new endpoint there is no answer to show yet, so the offers take its place.
  const offers = <OffersCard view={view} draft={form.draft} />;
  return (
    <DraftForm
      {...form}
      title={title}
      below={below}
      foot={foot}
      submitLabel={stored ? "Save endpoint" : "Create endpoint"}
      isNew={stored === null}
      mayWrite={view.mayWrite}
      faults={faults}
    >
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Fields mayWrite={view.mayWrite}>
          <TermsCard {...parts} />
          {stored && offers}
          <DeliveryCard {...parts} />
        </Fields>
        <div className="grid gap-6">
          {!stored && offers}
          <PreviewCard view={view} isChanged={form.isChanged} />
          <CommandsCard view={view} />
        </div>
      </div>
    </DraftForm>
  );
}
