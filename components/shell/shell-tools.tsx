"use client";

import { CircleHelp, Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { IconButton } from "@/components/ui/icon-button";
import { Kbd } from "@/components/ui/kbd";
import { CommandPalette } from "./command-palette";
import type { NavGroup } from "./nav";
import { ShortcutHelp } from "./shortcut-help";
import { useShortcuts } from "./use-shortcuts";

type ShellToolsProps = { groups: readonly NavGroup[]; searchHref?: string | undefined };

/** Search and help, with the keys that open them from anywhere. */
export function ShellTools({ groups, searchHref }: ShellToolsProps) {
  const router = useRouter();
  const [open, setOpen] = useState<"search" | "help" | null>(null);
  const items = groups.flatMap((group) => group.items);

  useShortcuts({
    onSearch: () => setOpen("search"),
    onHelp: () => setOpen("help"),
    onGo: (letter) => {
      const item = items.find(({ shortcut }) => shortcut === letter);
      if (item) router.push(item.href);
    },
  });

  return (
    <>
      <button
        type="button"
        onClick={() => setOpen("search")}
        aria-keyshortcuts="Meta+K Control+K"
        className="flex h-control w-62 items-center gap-2 rounded-control border border-line-control bg-surface px-2 text-muted text-sm hover:bg-hover max-lg:w-44 max-md:hidden"
      >
        <Search />
        <span className="truncate">{searchHref ? "Search or paste an id" : "Go to a page"}</span>
        <span className="ms-auto max-lg:hidden">
          <Kbd>⌘K</Kbd>
        </span>
      </button>
      <IconButton label="Search" onClick={() => setOpen("search")} className="size-9 md:hidden">
        <Search />
      </IconButton>
      <IconButton label="Help and shortcuts" onClick={() => setOpen("help")} className="max-md:hidden">
        <CircleHelp />
      </IconButton>
      <CommandPalette
        isOpen={open === "search"}
        setOpen={(isOpen) => setOpen(isOpen ? "search" : null)}
        groups={groups}
        searchHref={searchHref}
      />
      <ShortcutHelp
        isOpen={open === "help"}
        setOpen={(isOpen) => setOpen(isOpen ? "help" : null)}
        items={items}
      />
    </>
  );
}
