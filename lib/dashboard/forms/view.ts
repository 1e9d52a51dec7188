/** One value that is not acceptable: its place in the document that was sent, and what to write instead. */
export type FieldFault = Readonly<{ path: string; message: string }>;

/** What became of a form that was sent: what `action()` of `lib/http` answers. */
export type Saved =
  | Readonly<{ ok: true; href?: string | undefined }>
  | Readonly<{ ok: false; problem: Refusal }>;

export type Refusal = Readonly<{
  /** What failed and what to do, as the problem says it. */
  detail: string;
  requestId?: string;
  errors?: readonly FieldFault[];
}>;

/** A fault beside its field: `id` is the field's, `label` what the reader calls it. */
export type FormFault = Readonly<{ id?: string | undefined; label?: string | undefined; message: string }>;

/** Which field shows a place of the document; `null` when no field does. */
export type Locate = (path: string) => Readonly<{ id?: string; label: string }> | null;

/** The faults of a document, each led to the field that can mend it; what has no field keeps its place in words. */
export function placeFaults(errors: readonly FieldFault[], locate: Locate): FormFault[] {
  return errors.map(({ path, message }) => {
    const field = locate(path);
    if (field) return { id: field.id, label: field.label, message };
    return path === "" ? { message } : { label: path, message };
  });
}

/** What the field says below itself; several faults of one field stand one after the other. */
export function faultAt(faults: readonly FormFault[], id: string): string | undefined {
  const own = faults.filter((fault) => fault.id === id).map(({ message }) => message);
  return own.length === 0 ? undefined : own.join(" ");
}

/** The lines of the summary, named and each said once. */
export function summaryOf(faults: readonly FormFault[]): { id?: string | undefined; message: string }[] {
  const lines = faults.map(({ id, label, message }) => ({
    id,
    message: label ? `${label}: ${message}` : message,
  }));
  return lines.filter((line, place) => lines.findIndex((other) => other.message === line.message) === place);
}

/** Is what stands in the form something else than what is stored? Drafts are plain values. */
export const isSame = (draft: unknown, stored: unknown): boolean =>
  JSON.stringify(draft) === JSON.stringify(stored);

/** The list with one item a place further up (-1) or down (1); beyond the ends nothing moves. */
export function moved<T>(list: readonly T[], from: number, by: -1 | 1): readonly T[] {
  const item = list[from];
  const to = from + by;
  if (item === undefined || to < 0 || to >= list.length) return list;
  return list.toSpliced(from, 1).toSpliced(to, 0, item);
}

/** A whole number as typed, or the text itself, so that whoever judges the document can say what is wrong with it. */
export const wholeNumber = (text: string): number | string =>
  /^\d{1,15}$/.test(text.trim()) ? Number(text.trim()) : text;
