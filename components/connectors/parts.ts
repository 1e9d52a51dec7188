import type { ConnectorDraft, ConnectorFormView } from "@/lib/dashboard/connectors/view";
import type { FormFault } from "@/lib/dashboard/forms/view";

/** What each part of the form works with. */
export type ConnectorPartProps = {
  view: ConnectorFormView;
  draft: ConnectorDraft;
  faults: readonly FormFault[];
  change: (part: Partial<ConnectorDraft>) => void;
};
