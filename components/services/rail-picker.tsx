"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { Checkbox } from "@/components/ui/choice";
import { IconButton } from "@/components/ui/icon-button";
import { Status } from "@/components/ui/status";
import { TextLink } from "@/components/ui/text-link";
import { moved } from "@/lib/dashboard/forms/view";
import type { Mode, RailChoice } from "@/lib/dashboard/services/view";

type RailPickerProps = {
  mode: Mode;
  rails: readonly RailChoice[];
  chosen: readonly string[];
  newRailHref: string;
  error?: string | undefined;
  onChange: (chosen: readonly string[]) => void;
};

/** Which rails a service offers, and in which order payers meet them. */
export function RailPicker({ mode, rails, chosen, newRailHref, error, onChange }: RailPickerProps) {
  const known = new Map(rails.map((rail) => [rail.slug, rail]));
  const rest = rails.filter((rail) => rail.mode === mode && !chosen.includes(rail.slug));
  const lines = [...chosen.map((slug) => known.get(slug) ?? unknownRail(slug, mode)), ...rest];
  return (
    <fieldset id="rails" tabIndex={-1} className="min-w-0 outline-none">
      <legend className="sr-only">Rails this service offers, in order</legend>
      {lines.length === 0 ? (
        <p className="px-4 pb-4 text-muted text-sm">
          There is no rail in {mode} mode yet.{" "}
          <TextLink href={newRailHref} className="underline">
            Add a rail
          </TextLink>
          , then payers can pay.
        </p>
      ) : (
        <ol className="border-t">
          {lines.map((rail, index) => {
            const place = chosen.indexOf(rail.slug);
            return (
              <li
                key={rail.slug}
                className="flex min-h-12 items-center gap-2 border-b px-4 py-1 last:border-0"
              >
                <span className="num w-4 flex-none text-muted text-sm">{place >= 0 ? place + 1 : ""}</span>
                <Checkbox
                  className="min-w-0 flex-1"
                  label={rail.title}
                  help={rail.kind}
                  checked={place >= 0}
                  onChange={() => onChange(place >= 0 ? chosen.toSpliced(place, 1) : [...chosen, rail.slug])}
                />
                {!rail.isEnabled && <Status tone="neutral" shape="pause" label="Paused" />}
                {place >= 0 && chosen.length > 1 && (
                  <span className="flex flex-none">
                    <IconButton
                      label={`Move ${rail.title} up`}
                      disabled={index === 0}
                      className="disabled:opacity-40"
                      onClick={() => onChange(moved(chosen, place, -1))}
                    >
                      <ArrowUp />
                    </IconButton>
                    <IconButton
                      label={`Move ${rail.title} down`}
                      disabled={index === chosen.length - 1}
                      className="disabled:opacity-40"
                      onClick={() => onChange(moved(chosen, place, 1))}
                    >
                      <ArrowDown />
                    </IconButton>
                  </span>
                )}
              </li>
            );
          })}
        </ol>
      )}
      {error && <p className="border-t px-4 py-2 text-failed text-xs">{error}</p>}
    </fieldset>
  );
}

const unknownRail = (slug: string, mode: Mode): RailChoice => ({
  slug,
  title: slug,
  kind: "does not exist any more",
  mode,
  isEnabled: true,
});
