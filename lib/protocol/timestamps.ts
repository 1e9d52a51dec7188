import { assert } from "@/lib/kit";

const utcForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** `YYYY-MM-DDTHH:MM:SS.sssZ`, the one form we emit. */
export function formatTimestamp(date: Date): string {
  assert(!Number.isNaN(date.getTime()), "A timestamp is a real date.");
  const text = date.toISOString();
  assert(text.length === 24, "A timestamp has a year of four digits.");
  return text;
}

/** Reads an RFC 3339 time in UTC, written with `Z`; `null` for other zones, no zone, and days that do not exist. */
export function parseTimestamp(text: string): Date | null {
  if (!utcForm.test(text)) return null;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return null;
  return date.toISOString().slice(0, 19) === text.slice(0, 19) ? date : null;
}
