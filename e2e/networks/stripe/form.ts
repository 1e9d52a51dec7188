export type Form = { [key: string]: string | Form };

/** Keys that would reach an object's prototype are no parameters of anybody. */
const forbidden = new Set(["__proto__", "constructor", "prototype"]);

/** Reads `a[b][c]=d` as Stripe does: nested members, lists by their index. */
export function readForm(text: string): Form {
  const form: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split(/[[\]]+/).filter((part) => part !== "");
    if (path.length === 0 || path.some((part) => forbidden.has(part))) continue;
    put(form, path, value);
  }
  return form;
}

function put(form: Form, [first = "", ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    form[first] = value;
    return;
  }
  const inner = form[first];
  const next: Form = typeof inner === "object" ? inner : {};
  form[first] = next;
  put(next, rest, value);
}

export const textAt = (form: Form, name: string): string | undefined => {
  const value = form[name];
  return typeof value === "string" ? value : undefined;
};

export const partAt = (form: Form, name: string): Form => {
  const value = form[name];
  return typeof value === "object" ? value : {};
};

/** `metadata`, and whatever else is a flat map of texts. */
export const textsAt = (form: Form, name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(partAt(form, name)).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
