import type { EndpointDraft, EndpointFormView } from "@/lib/dashboard/endpoints/view";
import type { FormFault } from "@/lib/dashboard/forms/view";

/** What each card of the endpoint editor works with. */
export type EndpointPartProps = {
  view: EndpointFormView;
  draft: EndpointDraft;
  faults: readonly FormFault[];
  change: (part: Partial<EndpointDraft>) => void;
};
