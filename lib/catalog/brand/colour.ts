import { z } from "zod";

/** What may be written on a colour: white, or the ink of our pages. */
const white = "#ffffff";
const ink = "#1c1b19";

/** WCAG 2.2, 1.4.3: text of usual size. */
const readable = 4.5;

/** Relative luminance (WCAG 2.2) of `#rrggbb`. */
function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrastOf(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The colour of text that can be read on it, white before dark; `null` when neither can. */
export const textOn = (colour: string): string | null =>
  [white, ink].find((text) => contrastOf(text, colour) >= readable) ?? null;

/** How a merchant's pages for payers look. */
export const Brand = z.strictObject({
  colour: z
    .string()
    .regex(
      /^#[0-9a-f]{6}$/,
      'Write six lower-case hexadecimal digits behind a number sign, such as "#0a5c36".',
    )
    .refine(
      (colour) => !/^#[0-9a-f]{6}$/.test(colour) || textOn(colour) !== null,
      "Neither white nor dark text can be read on this colour (4.5 : 1). Choose a lighter or a darker one.",
    ),
});
