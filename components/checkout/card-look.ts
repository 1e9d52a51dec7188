"use client";

import type { Appearance } from "@stripe/stripe-js";
import { useEffect, useState } from "react";

const names = ["accent", "surface", "ink", "muted", "failed", "line-control", "sunken"] as const;
type Colours = Readonly<Record<(typeof names)[number], string>>;

/** The page's tokens as the browser resolves them now: a frame of another origin cannot read them. */
function coloursNow(): { colours: Colours; font: string; isDark: boolean } {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colours = Object.fromEntries(
    names.map((name) => {
      probe.style.color = `var(--color-${name})`;
      return [name, getComputedStyle(probe).color];
    }),
  ) as Colours; // safe: made of the same names
  probe.remove();
  const [red = 255] = colours.surface.match(/\d+/g)?.map(Number) ?? [];
  return { colours, font: getComputedStyle(document.body).fontFamily, isDark: red < 128 };
}

function lookNow(): Appearance {
  const { colours, font, isDark } = coloursNow();
  return {
    theme: isDark ? "night" : "stripe",
    labels: "above",
    variables: {
      colorPrimary: colours.accent,
      colorBackground: colours.surface,
      colorText: colours.ink,
      colorTextSecondary: colours.muted,
      colorTextPlaceholder: colours.muted,
      colorDanger: colours.failed,
      fontFamily: font,
      fontSizeBase: "14px",
      borderRadius: "6px",
      spacingUnit: "4px",
    },
    rules: {
      ".Input, .Tab, .Block": { border: `1px solid ${colours["line-control"]}`, boxShadow: "none" },
      ".Input:focus, .Tab:focus": { outline: `2px solid ${colours.accent}`, boxShadow: "none" },
      ".Label": { color: colours.ink, fontWeight: "500" },
    },
  };
}

/** How the form that the network draws is to look, in step with the page; `null` until the browser has said. */
export function useCardLook(): Appearance | null {
  const [look, setLook] = useState<Appearance | null>(null);
  useEffect(() => {
    const show = () => setLook(lookNow());
    show();
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", show);
    const watcher = new MutationObserver(show);
    watcher.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      scheme.removeEventListener("change", show);
      watcher.disconnect();
    };
  }, []);
  return look;
}
