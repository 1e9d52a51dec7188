"use client";

import { type ReactNode, useState } from "react";
import { Switch } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import type { NavItem } from "./nav";
import { areSingleKeysOn, setSingleKeys } from "./use-shortcuts";

type ShortcutHelpProps = {
  isOpen: boolean;
  setOpen: (isOpen: boolean) => void;
  items: readonly NavItem[];
};

export function ShortcutHelp({ isOpen, setOpen, items }: ShortcutHelpProps) {
  return (
    <Dialog title="Keyboard" isOpen={isOpen} onOpenChange={setOpen}>
      <HelpBody items={items} />
    </Dialog>
  );
}

/** Mounted only while open, so that it reads the stored choice each time. */
function HelpBody({ items }: Pick<ShortcutHelpProps, "items">) {
  const [isOn, setOn] = useState(areSingleKeysOn);
  return (
    <>
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        <Keys title="Everywhere">
          <Key keys={["⌘ K", "Ctrl K"]} act="Search and pages" />
          <Key keys={["?"]} act="This help" />
          <Key keys={["Esc"]} act="Close what is open" />
        </Keys>
        <Keys title="In a list">
          <Key keys={["/"]} act="Search the list" />
          <Key keys={["j", "k"]} act="Next row, previous row" />
          <Key keys={["Enter"]} act="Open the row" />
        </Keys>
        <Keys title="Go to">
          {items.map(
            ({ label, shortcut }) => shortcut && <Key key={label} keys={[`g ${shortcut}`]} act={label} />,
          )}
        </Keys>
      </div>
      <Switch
        label="Single keys"
        help="Off leaves ⌘K and Ctrl K only. Keys never act while you type in a field."
        checked={isOn}
        onChange={(event) => {
          setSingleKeys(event.target.checked);
          setOn(event.target.checked);
        }}
      />
    </>
  );
}

function Keys({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="pb-1 text-muted text-xs">{title}</h3>
      <dl className="grid gap-1 text-sm">{children}</dl>
    </section>
  );
}

function Key({ keys, act }: { keys: readonly string[]; act: string }) {
  return (
    <div className="flex min-h-6 items-center justify-between gap-4">
      <dt className="text-ink">{act}</dt>
      <dd className="flex flex-none gap-1">
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </dd>
    </div>
  );
}
