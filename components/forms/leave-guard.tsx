"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions, DialogClose } from "@/components/ui/dialog";

/** The part of the Navigation API that going back needs; browsers without it go back without asking. */
type Traversal = Event & { navigationType: string; destination: { key: string; url: string } };
type Traverser = EventTarget & { traverseTo: (key: string) => unknown };

const traverser = (): Traverser | null =>
  "navigation" in window ? (window.navigation as unknown as Traverser) : null; // safe: the API's own shape

/** The link a plain press follows away from this page; `null` for everything else. */
function leavingLink(event: MouseEvent): string | null {
  const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  if (!isPlain || !link || (link.target && link.target !== "_self") || link.hasAttribute("download"))
    return null;
  const { origin, pathname, search, hash } = new URL(link.href);
  const isHere = pathname === location.pathname && search === location.search;
  return origin === location.origin && !isHere ? `${pathname}${search}${hash}` : null;
}

/** Asks before typed text is left behind: by a link, by going back, and by closing the tab. */
export function LeaveGuard({ isActive }: { isActive: boolean }) {
  const router = useRouter();
  const [leave, setLeave] = useState<{ go: () => void } | null>(null);

  useEffect(() => {
    if (!isActive) return;
    let isLeaving = false;
    const navigation = traverser();
    const depart = (go: () => void) => {
      isLeaving = true;
      go();
    };
    const onClick = (event: MouseEvent) => {
      const href = leavingLink(event);
      if (href === null) return;
      event.preventDefault();
      event.stopPropagation();
      setLeave({ go: () => depart(() => router.push(href)) });
    };
    const onTraverse = (event: Event) => {
      const { navigationType, cancelable, destination } = event as Traversal; // safe: only this event has the name
      if (isLeaving || navigationType !== "traverse" || !cancelable) return;
      event.preventDefault();
      setLeave({ go: () => depart(() => navigation?.traverseTo(destination.key)) });
    };
    const onUnload = (event: BeforeUnloadEvent) => {
      if (!isLeaving) event.preventDefault();
    };
    window.addEventListener("click", onClick, true);
    window.addEventListener("beforeunload", onUnload);
    navigation?.addEventListener("navigate", onTraverse);
    return () => {
      window.removeEventListener("click", onClick, true);
      window.removeEventListener("beforeunload", onUnload);
      navigation?.removeEventListener("navigate", onTraverse);
    };
  }, [isActive, router]);

  return (
    <Dialog
      title="Leave without saving?"
      description="What you changed on this page is not saved yet."
      isOpen={leave !== null}
      onOpenChange={(isOpen) => !isOpen && setLeave(null)}
    >
      <DialogActions>
        <DialogClose>
          <Button size="medium" variant="primary">
            Stay here
          </Button>
        </DialogClose>
        <Button
          size="medium"
          onClick={() => {
            setLeave(null);
            leave?.go();
          }}
        >
          Leave without saving
        </Button>
      </DialogActions>
    </Dialog>
  );
}
