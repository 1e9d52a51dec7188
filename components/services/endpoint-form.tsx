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
import { AboutCard } from "./endpoint-about";
import { DeliveryCard } from "./endpoint-delivery";
import { TermsCard } from "./endpoint-terms";
import { OffersCard } from "./offers-card";
import { CommandsCard, PreviewCard } from "./preview-card";
import { RulesCard } from "./rules/rules-card";
import { SimulatorCard } from "./simulator/simulator-card";
import { useSimulation } from "./use-simulation";

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
  const faults = placeFaults(form.refusal?.errors ?? [], locateInEndpoint(form.draft));
  const simulation = useSimulation(view, form.draft);
  const parts = { view, draft: form.draft, faults, change: form.change };
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
          {form.draft.terms !== "free" && <RulesCard {...parts} simulation={simulation} />}
          <OffersCard view={view} draft={form.draft} />
          <AboutCard {...parts} />
          <DeliveryCard {...parts} />
        </Fields>
        <div className="grid min-w-0 gap-6">
          {stored && <PreviewCard view={view} isChanged={form.isChanged} />}
          <SimulatorCard {...parts} simulation={simulation} />
          {!stored && <PreviewCard view={view} isChanged={form.isChanged} />}
          <CommandsCard view={view} />
        </div>
      </div>
    </DraftForm>
  );
}
