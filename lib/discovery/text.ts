/** Controls, and the marks that turn the direction of the text around them. */
const unwanted = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A merchant's text as data: one line, at most `max` characters. */
export function plain(text: string, max: number): string {
  const line = text.toWellFormed().replace(unwanted, " ").replace(/ +/g, " ").trim();
  const letters = [...line];
  return letters.length <= max ? line : `${letters.slice(0, max - 1).join("")}…`;
}

/**
 * A merchant's text inside Markdown: it opens no heading, no link, no code and no HTML, and an address in it stays
 * text, so that it can send no reader elsewhere.
 */
export const inMarkdown = (text: string, max: number): string =>
  plain(text, max)
    .replace(/[\\`*_[\]<>#|~&@]/g, "\\$&")
    .replace(/:(?=\/\/)/g, "\\:")
    .replace(/\bwww(?=\.)/gi, "$&\\");
