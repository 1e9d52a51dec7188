import { z } from "zod";
import type { RailKind } from "@/lib/catalog";
import { rails } from "@/lib/rails";

type Schema = Readonly<{
  properties?: Record<string, Schema>;
  oneOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  secret?: boolean;
}>;

/** Dotted names of the settings that a rail's schema marks with `.meta({ secret: true })`. */
function secretsOf(schema: Schema, prefix = ""): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    property.secret ? [`${prefix}${name}`] : secretsOf(property, `${prefix}${name}.`),
  );
  const variants = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  return [...new Set([...own, ...variants.flatMap((variant) => secretsOf(variant, prefix))])];
}

/** What the catalogue must know of each kind of rail to judge settings and prices. */
export function railKinds({ demo }: { demo: boolean }): Record<string, RailKind> {
  const kinds: Record<string, RailKind> = {};
  for (const { id, title, config, currencies, limits, limitsOf, unit, step, modes, can, faults } of rails) {
    const testOnly = modes !== undefined && !modes.includes("live");
    if (testOnly && !demo) continue;
    kinds[id] = {
      title,
      config,
      secrets: secretsOf(z.toJSONSchema(config, { io: "input", unrepresentable: "any" }) as Schema),
      currencies,
      ...(limits ? { limits } : {}),
      ...(limitsOf ? { limitsOf } : {}),
      unit,
      step,
      sessions: can?.sessions ?? false,
      testOnly,
      ...(faults ? { faults } : {}),
    };
  }
  return kinds;
}
