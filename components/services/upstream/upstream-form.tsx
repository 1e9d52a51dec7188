"use client";

import { DraftForm, Fields } from "@/components/forms/draft-form";
import { useDraft } from "@/components/forms/use-draft";
import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/choice";
import { placeFaults } from "@/lib/dashboard/forms/view";
import { saveUpstream } from "@/lib/dashboard/services/upstream/actions";
import {
  locateInUpstream,
  type UpstreamDraft,
  type UpstreamView,
} from "@/lib/dashboard/services/upstream/view";
import { HeadersEditor } from "../headers-editor";
import { ServiceTabs } from "../service-frame";
import { ServiceAddress } from "../service-header";
import { AuthFields } from "./auth-fields";
import { HealthCard } from "./health-card";
import { LineField, type PartProps, TextField } from "./upstream-parts";

/** Where a service comes from: its address, how it is told who we are, how long it may take, what passes. */
export function UpstreamForm({ view }: { view: UpstreamView }) {
  const form = useDraft<UpstreamDraft>({
    stored: view.draft,
    save: saveUpstream,
    about: { merchant: view.merchant, service: view.slug },
    done: () => `Upstream of ${view.title} saved.`,
  });
  const { draft, change } = form;
  const faults = placeFaults(form.refusal?.errors ?? [], locateInUpstream(draft));
  const parts = { draft, faults, change };
  return (
    <DraftForm
      {...form}
      title={view.title}
      below={<ServiceAddress address={view.address} />}
      tabs={<ServiceTabs view={view} />}
      submitLabel="Save upstream"
      isNew={false}
      mayWrite={view.mayWrite}
      faults={faults}
    >
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Fields mayWrite={view.mayWrite}>
          <Card title="Address and credential">
            <div className="grid gap-4">
              <LineField
                {...parts}
                part="url"
                label="Address"
                help="The path of each request is added to it. Payers never see it."
                look="mono"
                isRequired
              />
              <AuthFields {...parts} />
              <div className="grid gap-1">
                <h3 className="text-sm">Headers sent along</h3>
                <p className="mb-2 text-muted text-xs">
                  They reach the upstream only, and win over what a payer sends.
                </p>
                <HeadersEditor
                  headers={draft.headers}
                  faults={faults}
                  onChange={(headers) => change({ headers })}
                />
              </div>
            </div>
          </Card>
          <PassCard {...parts} />
        </Fields>
        <div className="grid min-w-0 gap-6">
          <HealthCard view={view} isChanged={form.isChanged} />
          <Fields mayWrite={view.mayWrite}>
            <TimeCard {...parts} />
            <BreakerCard {...parts} />
            <CorsCard {...parts} />
          </Fields>
        </div>
      </div>
    </DraftForm>
  );
}

function TimeCard(parts: PartProps) {
  return (
    <Card title="Time and repetition">
      <div className="grid gap-4 sm:grid-cols-2">
        <LineField
          {...parts}
          part="timeoutMs"
          label="Time limit, ms"
          look="figure"
          isRequired
          help="All of an answer; of a stream each silence."
        />
        <LineField {...parts} part="connectTimeoutMs" label="Time to connect, ms" look="figure" isRequired />
        <LineField
          {...parts}
          part="retries"
          label="Repetitions"
          look="figure"
          isRequired
          help="Of harmless requests that were never answered. Up to 3."
        />
        <LineField
          {...parts}
          part="concurrency"
          label="Calls at once"
          look="figure"
          placeholder="as many as come"
        />
        <LineField
          {...parts}
          part="queueMs"
          label="Waiting for a place, ms"
          look="figure"
          isRequired
          help="Then 503, before any money moves."
        />
      </div>
    </Card>
  );
}

function BreakerCard(parts: PartProps) {
  const { draft, change } = parts;
  return (
    <Card title="When it keeps failing">
      <div className="grid gap-4">
        <Checkbox
          label="Stop selling while it is broken"
          help="Unpaid requests get 503 in place of a price. Nothing is taken for what would not be served."
          checked={draft.hasBreaker}
          onChange={({ target }) => change({ hasBreaker: target.checked })}
        />
        {draft.hasBreaker && (
          <div className="grid gap-4 sm:grid-cols-3">
            <LineField {...parts} part="failures" label="Failures in a row" look="figure" isRequired />
            <LineField {...parts} part="windowSeconds" label="Within, s" look="figure" isRequired />
            <LineField {...parts} part="openSeconds" label="Pause, s" look="figure" isRequired />
          </div>
        )}
      </div>
    </Card>
  );
}

function PassCard(parts: PartProps) {
  return (
    <Card title="Headers that pass" note="one on each line; x-acme-* is a family">
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField {...parts} part="requestPass" label="Of requests, pass also" />
        <TextField {...parts} part="requestDrop" label="Of requests, drop" />
        <TextField {...parts} part="responsePass" label="Of answers, pass also" />
        <TextField {...parts} part="responseDrop" label="Of answers, drop" />
        <TextField
          {...parts}
          part="responseSet"
          label="On answers, set"
          placeholder="x-sold-by: acme"
          isWide
        />
        <p className="text-muted text-xs sm:col-span-2">
          What makes content readable passes by itself. Credentials, payment, cookies and addresses never do.
        </p>
      </div>
    </Card>
  );
}

function CorsCard(parts: PartProps) {
  const { draft, change } = parts;
  return (
    <Card title="Pages in browsers">
      <div className="grid gap-4">
        <Checkbox
          label="Only named pages may read the answers"
          help="Otherwise every page may, as for any paid address; cookies play no part."
          checked={draft.hasCors}
          onChange={({ target }) => change({ hasCors: target.checked })}
        />
        {draft.hasCors && (
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField {...parts} part="corsOrigins" label="Origins" placeholder="https://app.example.com" />
            <TextField {...parts} part="corsHeaders" label="Further headers they may send" />
          </div>
        )}
      </div>
    </Card>
  );
}
