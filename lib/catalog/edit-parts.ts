import { Problem } from "@/lib/problems";
import { isObject } from "./faults";

export function placeOfItem<T>(list: readonly T[], is: (item: T) => boolean, name: string): number {
  const place = list.findIndex(is);
  if (place < 0) throw new Problem("not-found", `There is no ${name}.`);
  return place;
}

/** Payers and receipts know the object by this name, so it is not changed after the fact. */
export function keepName(value: unknown, key: "slug" | "id", name: string): unknown {
  const { [key]: given = name } = isObject(value) ? value : {};
  if (given === name) return isObject(value) ? { ...value, [key]: name } : value;
  const message = "Payers and receipts know it by this name, so it stays. Create another one instead.";
  throw new Problem("unprocessable", undefined, { errors: [{ path: key, message }] });
}

/** Lists here hold what a caller sent, which is judged when the whole document is read. */
export const put = (list: readonly unknown[], place: number, item: unknown): unknown[] =>
  list.toSpliced(place, 1, item);
export const drop = (list: readonly unknown[], place: number): unknown[] => list.toSpliced(place, 1);
