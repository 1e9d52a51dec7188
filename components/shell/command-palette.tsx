"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { cn } from "@/components/ui/cn";
import { floatStyle, veilStyle } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { type Entry, findEntries } from "./find-entries";
import type { NavGroup } from "./nav";
import { NavIcon } from "./nav-icon";

type CommandPaletteProps = {
  isOpen: boolean;
  setOpen: (isOpen: boolean) => void;
  groups: readonly NavGroup[];
  /** The page that finds any identifier, with its mode: "/m/acme/search?mode=test". */
  searchHref?: string | undefined;
};

export function CommandPalette({ isOpen, setOpen, groups, searchHref }: CommandPaletteProps) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className={veilStyle} />
        <Dialog.Content
          aria-describedby={undefined}
          className={cn(
            "fixed start-1/2 top-[max(1rem,12vh)] z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rtl:translate-x-1/2",
            floatStyle,
          )}
        >
          <Dialog.Title className="sr-only">Search</Dialog.Title>
          <Finder groups={groups} searchHref={searchHref} close={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type FinderProps = Pick<CommandPaletteProps, "groups" | "searchHref"> & { close: () => void };

const steps: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at + count - 1) % count,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/** A combobox: focus stays in the field while the arrow keys walk the list. */
function Finder({ groups, searchHref, close }: FinderProps) {
  const router = useRouter();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const entries = findEntries(typed, groups, searchHref);

  function open(entry: Entry | undefined) {
    if (!entry) return;
    close();
    router.push(entry.href);
  }
  function onKeyDown(event: KeyboardEvent) {
    const step = steps[event.key];
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") open(entries[at]);
    else if (step && entries.length > 0) setAt(step(at, entries.length));
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div className="flex h-12 items-center gap-2 border-b px-4">
        <Search className="text-muted" />
        <input
          role="combobox"
          aria-label="Search"
          aria-expanded
          aria-controls={id}
          aria-activedescendant={entries[at] ? `${id}-${at}` : undefined}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          placeholder={searchHref ? "A page, or any id" : "A page"}
          className="h-full min-w-0 flex-1 bg-transparent text-ink outline-none pointer-coarse:text-lg"
        />
        <Kbd>Esc</Kbd>
      </div>
      <EntryList id={id} entries={entries} at={at} setAt={setAt} open={open} />
    </>
  );
}

type EntryListProps = {
  id: string;
  entries: readonly Entry[];
  at: number;
  setAt: (at: number) => void;
  open: (entry: Entry) => void;
};

function EntryList({ id, entries, at, setAt, open }: EntryListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label="Found"
      className="max-h-[min(60vh,28rem)] overflow-y-auto p-2"
    >
      {entries.map((entry, index) => (
        <div key={entry.key} role="presentation">
          {entry.heading !== entries[index - 1]?.heading && (
            <p role="presentation" className="px-2 pt-2 pb-1 text-muted text-xs">
              {entry.heading}
            </p>
          )}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled in the field, which keeps the focus */}
          <div
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            data-at={index}
            aria-selected={index === at}
            onMouseMove={() => setAt(index)}
            onClick={() => open(entry)}
            className="flex h-10 cursor-pointer items-center gap-2 rounded-control px-2 text-sm outline-none aria-selected:bg-accent-soft [&>svg]:text-muted"
          >
            {entry.icon === "find" ? <Search /> : <NavIcon name={entry.icon} />}
            <span className="truncate text-ink">{entry.label}</span>
            <span className="ms-auto flex-none text-muted text-xs">{entry.hint}</span>
          </div>
        </div>
      ))}
      {entries.length === 0 && <p className="px-2 py-3 text-muted text-sm">No page has that name.</p>}
    </div>
  );
}
