"use client";

import { Command, defaultFilter } from "cmdk";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { cn } from "@/components/ui/cn";
import { floatStyle, veilStyle } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import type { NavGroup } from "./nav";
import { NavIcon } from "./nav-icon";

/** Ids have digits, underscores or great length; page names have none of them. */
const looksLikeId = (text: string) => /[\d_/:]/.test(text) || text.length > 16;

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

function Finder({ groups, searchHref, close }: FinderProps) {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const query = typed.trim();

  function go(href: string) {
    close();
    router.push(href);
  }
  function find() {
    const [path = "", kept = ""] = (searchHref ?? "").split("?");
    const parameters = new URLSearchParams(kept);
    parameters.set("q", query);
    go(`${path}?${parameters}`);
  }
  const rank = (value: string, search: string, words?: string[]) => {
    if (value === "find") return looksLikeId(search.trim()) ? 1 : 0.001;
    return defaultFilter(value, search, words);
  };

  return (
    <Command label="Search" filter={rank} loop>
      <div className="flex h-12 items-center gap-2 border-b px-4">
        <Search className="text-muted" />
        <Command.Input
          value={typed}
          onValueChange={setTyped}
          placeholder={searchHref ? "A page, or any id" : "A page"}
          className="h-full min-w-0 flex-1 bg-transparent text-ink outline-none"
        />
        <Kbd>Esc</Kbd>
      </div>
      <Command.List className="max-h-[min(60vh,28rem)] overflow-y-auto p-2">
        <Command.Empty className="px-2 py-3 text-muted text-sm">No page has that name.</Command.Empty>
        {searchHref && query && (
          <Group heading="Identifier">
            <Row value="find" onSelect={find} hint="Enter">
              <Search />
              <span className="truncate text-ink">Find “{query}”</span>
            </Row>
          </Group>
        )}
        <Group heading="Pages">
          {groups.flatMap((group) =>
            group.items.map((item) => (
              <Row
                key={item.href}
                value={item.label}
                keywords={[group.label]}
                onSelect={() => go(item.href)}
                hint={item.shortcut && `g ${item.shortcut}`}
              >
                <NavIcon name={item.icon} />
                <span className="text-ink">{item.label}</span>
              </Row>
            )),
          )}
        </Group>
      </Command.List>
    </Command>
  );
}

function Group({ heading, children }: { heading: string; children: React.ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-muted [&_[cmdk-group-heading]]:text-xs"
    >
      {children}
    </Command.Group>
  );
}

type RowProps = {
  value: string;
  keywords?: string[];
  onSelect: () => void;
  hint?: string | undefined;
  children: React.ReactNode;
};

function Row({ value, keywords = [], onSelect, hint, children }: RowProps) {
  return (
    <Command.Item
      value={value}
      keywords={keywords}
      onSelect={onSelect}
      className="flex h-10 cursor-pointer items-center gap-2 rounded-control px-2 text-sm aria-selected:bg-accent-soft [&>svg]:text-muted"
    >
      {children}
      {hint && <span className="ms-auto flex-none text-muted text-xs">{hint}</span>}
    </Command.Item>
  );
}
