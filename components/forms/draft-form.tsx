"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { FormErrors } from "@/components/ui/form-errors";
import { PageHeader } from "@/components/ui/page-header";
import { type FormFault, type Refusal, summaryOf } from "@/lib/dashboard/forms/view";
import { LeaveGuard } from "./leave-guard";

type DraftFormProps = {
  title: ReactNode;
  /** Under the title: what is known of the saved state. */
  below?: ReactNode;
  /** Under the header: the tabs of the thing this form is a view of. */
  tabs?: ReactNode;
  /** The button's verb and object: "Create service". */
  submitLabel: string;
  submit: () => void;
  discard: () => void;
  isSaving: boolean;
  isChanged: boolean;
  /** Nothing is stored yet, so there is something to save from the first moment. */
  isNew: boolean;
  mayWrite: boolean;
  refusal: Refusal | null;
  faults: readonly FormFault[];
  /** After the form and no part of it: dangerous acts. */
  foot?: ReactNode;
  children: ReactNode;
};

/** A page that is a form: its one action in the header, what is wrong in one place on top, and a question before leaving. */
export function DraftForm(props: DraftFormProps) {
  const { title, below, tabs, submit, isChanged, mayWrite, refusal, faults, foot, children } = props;
  return (
    <div className={cn("grid gap-6", mayWrite && "max-md:pb-12")}>
      <form
        noValidate
        className="grid gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          if (mayWrite) submit();
        }}
      >
        <div className="grid gap-4">
          <PageHeader title={title} below={below} actions={mayWrite ? <Actions {...props} /> : readOnly} />
          {tabs && <div className="grid gap-4">{tabs}</div>}
        </div>
        {refusal && <Refused refusal={refusal} faults={faults} />}
        {children}
        <LeaveGuard isActive={isChanged && mayWrite} />
      </form>
      {foot && <div className="grid gap-6">{foot}</div>}
    </div>
  );
}

const readOnly = <span className="text-muted text-sm">Changing this takes the config:write permission.</span>;

/** The fields of a form. Whoever may not write sees every value and none of the buttons. */
export function Fields({ mayWrite, children }: { mayWrite: boolean; children: ReactNode }) {
  return (
    <fieldset disabled={!mayWrite} className="grid min-w-0 gap-6 disabled:[&_button]:hidden">
      {children}
    </fieldset>
  );
}

function Actions({ submitLabel, discard, isSaving, isChanged, isNew }: DraftFormProps) {
  return (
    <div className="flex items-center gap-2 max-md:fixed max-md:inset-x-0 max-md:bottom-0 max-md:z-20 max-md:justify-end max-md:border-t max-md:bg-surface max-md:px-4 max-md:py-2">
      <span role="status" className="text-muted text-sm">
        {isChanged && "Not saved yet"}
      </span>
      {isChanged && !isNew && (
        <Button size="medium" onClick={discard} disabled={isSaving}>
          Discard
        </Button>
      )}
      <Button type="submit" size="medium" variant="primary" isPending={isSaving}>
        {submitLabel}
      </Button>
    </div>
  );
}

function Refused({ refusal, faults }: { refusal: Refusal; faults: readonly FormFault[] }) {
  const place = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new refusal is read out, also one that says the same
  useEffect(() => place.current?.focus(), [refusal]);
  const lines = summaryOf(faults);
  return (
    <div ref={place} tabIndex={-1} className="outline-none">
      <FormErrors
        title={faults.length > 0 ? "Nothing was saved. Please correct this:" : "Nothing was saved."}
        errors={lines.length > 0 ? lines : [{ message: withRequest(refusal) }]}
      />
    </div>
  );
}

const withRequest = ({ detail, requestId }: Refusal): string =>
  requestId ? `${detail} Request ${requestId}.` : detail;
