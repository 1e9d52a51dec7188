const gone = "[card number]";

/** Thirteen to nineteen digits in a row, or in the groups in which cards are printed. */
const runs =
  /(?<!\d)(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5})(?!\d)/g;

/** The check digit that every card number carries. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits.at(-1 - place));
    const counted = place % 2 === 0 ? digit : digit * 2;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}

const isCard = (run: string): boolean => passesLuhn(run.replace(/\D/g, ""));

/** Does the text hold what may be the number of a card? */
export const hasCardNumber = (text: string): boolean => (text.match(runs) ?? []).some(isCard);

/** The text without numbers of cards. */
export const withoutCardNumbers = (text: string): string =>
  text.replace(runs, (run) => (isCard(run) ? gone : run));

/** Does anything in a JSON value, keys and numbers included, hold what may be the number of a card? */
export function holdsCardNumber(value: unknown): boolean {
  if (typeof value === "string") return hasCardNumber(value);
  if (typeof value === "number") return hasCardNumber(String(value));
  if (Array.isArray(value)) return value.some(holdsCardNumber);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, item]) => hasCardNumber(key) || holdsCardNumber(item));
}

const dropped = /^(?:card|proof|authorization|password|secret|token|appToken|apiKey|callbackUrl)$/i;

/** A JSON value for the list of calls: what is a card's, or opens something, is gone. */
export function redact(value: unknown): unknown {
  if (typeof value === "string") return withoutCardNumbers(value);
  if (typeof value === "number") return hasCardNumber(String(value)) ? gone : value;
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      withoutCardNumbers(key),
      dropped.test(key) && item !== null ? "[left out]" : redact(item),
    ]),
  );
}
