"use client";

import { useEffect, useRef } from "react";

const storageKey = "farebox-single-keys";
const sequenceMs = 1200;

/** Single keys are on unless the reader turned them off (WCAG 2.1.4). */
export function areSingleKeysOn(): boolean {
  try {
    return localStorage.getItem(storageKey) !== "off";
  } catch {
    return true;
  }
}

export function setSingleKeys(isOn: boolean): void {
  try {
    localStorage.setItem(storageKey, isOn ? "on" : "off");
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

export type Shortcuts = {
  /** ⌘K or Ctrl K; works everywhere, also inside fields. */
  onSearch: () => void;
  onHelp: () => void;
  /** The letter after `g`; answers whether it leads anywhere. */
  onGo: (letter: string) => void;
};

const isField = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu]") !== null;

/** Moves between the rows of the page's table, opens the one in focus. */
function onRowKey(key: string): boolean {
  if (key !== "j" && key !== "k") return false;
  const links = [...document.querySelectorAll<HTMLElement>("a[data-row-link]")];
  const at = links.findIndex((link) => link.closest("tr") === document.activeElement?.closest("tr"));
  const next = links[key === "j" ? at + 1 : Math.max(at - 1, 0)];
  next?.focus();
  return next !== undefined;
}

function onSingleKey(key: string, shortcuts: Shortcuts): boolean {
  if (key === "?") {
    shortcuts.onHelp();
    return true;
  }
  if (key === "/") {
    const search = document.querySelector<HTMLElement>("[data-list-search]");
    if (search) search.focus();
    else shortcuts.onSearch();
    return true;
  }
  return onRowKey(key);
}

/** Listens for the keys that work on every screen. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });

  useEffect(() => {
    let goUntil = 0;
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.isComposing) return;
      if (
        event.key.toLowerCase() === "k" &&
        (event.metaKey || event.ctrlKey) &&
        !event.altKey &&
        !event.shiftKey
      ) {
        event.preventDefault();
        latest.current.onSearch();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isField(event.target) || !areSingleKeysOn())
        return;
      if (event.timeStamp < goUntil) {
        goUntil = 0;
        latest.current.onGo(event.key);
        event.preventDefault();
      } else if (event.key === "g") {
        goUntil = event.timeStamp + sequenceMs;
      } else if (onSingleKey(event.key, latest.current)) {
        event.preventDefault();
      }
    }
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
