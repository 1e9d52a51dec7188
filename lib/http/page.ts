import { z } from "zod";
import { base64url, utf8 } from "@/lib/kit";
import { Problem } from "@/lib/problems";

const limitUsual = 50;
const limitMax = 200;

/** The part of a list's query that every list has. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/, `Write a whole number from 1 to ${limitMax}.`)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= limitMax, `Write a whole number from 1 to ${limitMax}.`)
    .default(limitUsual),
  cursor: z.string().min(1).max(1_000).optional(),
};

/** A cursor that says nothing to whoever passes it on. */
export const writeCursor = (position: string): string => base64url.encode(`1:${position}`);

/** The position that a cursor of ours stands for. */
export function readCursor(cursor: string): string {
  const bytes = base64url.decode(cursor);
  const text = bytes && utf8(bytes);
  if (text?.startsWith("1:")) return text.slice(2);
  throw new Problem(
    "bad-request",
    "This is no cursor. Use a nextCursor as it was answered, or leave it out.",
  );
}

/** A list as every list is answered. */
export const listResponse = <T>(
  { data, nextCursor }: { data: readonly T[]; nextCursor: string | null },
  view: (item: T) => unknown,
): Response => Response.json({ data: data.map(view), nextCursor });
