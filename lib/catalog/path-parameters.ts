import { canonicalPath, compilePattern } from "./paths";

/** What a canonical path says for each parameter of an endpoint's pattern, decoded; `{name...}` keeps its slashes. */
export function pathParameters(pattern: string, path: string): Readonly<Record<string, string>> {
  const compiled = compilePattern(pattern);
  const canonical = canonicalPath(path);
  if (!compiled.ok || !canonical.ok || compiled.pattern.parameters.length === 0) return {};
  const { steps, parameters } = compiled.pattern;
  const names = parameters.values();
  const found: [string, string][] = [];
  for (const [place, step] of steps.entries()) {
    if (step.kind === "literal") continue;
    const name = names.next().value;
    const text = step.kind === "rest" ? canonical.segments.slice(place).join("/") : canonical.segments[place];
    if (name !== undefined && text !== undefined) found.push([name, text]);
  }
  return Object.fromEntries(found);
}
