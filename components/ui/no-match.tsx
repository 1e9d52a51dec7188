import { ButtonLink } from "./button";
import { EmptyState } from "./empty-state";

/** A list that its filters leave empty; `all` is the way back to the whole of it. */
export function NoMatch({ title, clearHref, all }: { title: string; clearHref: string; all: string }) {
  return (
    <EmptyState kind="no-match" title={title} action={<ButtonLink href={clearHref}>{all}</ButtonLink>}>
      This view leaves nothing over.
    </EmptyState>
  );
}
