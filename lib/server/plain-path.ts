import { Problem } from "@/lib/problems";

const decodingsMax = 3;

/** Escapes taken off where they can be; what is malformed stays as it is. */
const decode = (path: string): string =>
  path.replace(/%([0-7][0-9a-f])/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/**
 * A path as a lenient reader would understand it: decoded, without dot segments, backslashes and doubled slashes. Pages
 * are found by such a reader; what is sold is not, so nothing sold may be asked for in a spelling that only it reads.
 */
export function plainPath(path: string): string {
  let plain = path;
  for (let times = 0; times < decodingsMax; times += 1) plain = decode(plain);
  const { pathname } = new URL(`http://door/${plain.replace(/[?#]/g, "_").replace(/[/\\]+/g, "/")}`);
  return pathname.replace(/\/{2,}/g, "/");
}

/** Next would find what is sold behind other spellings of its path, and only the door knows who asks and how. */
export async function refuseDisguise(
  path: string,
  isSold: (path: string) => boolean | Promise<boolean>,
): Promise<void> {
  const plain = plainPath(path);
  if (plain !== path && (await isSold(plain))) {
    throw new Problem("bad-request", "This path is not written as it is sold. Ask for it without detours.");
  }
}

/** Next reads paths as escaped UTF-8, and answers what is neither with a fault of its own. */
export function refuseBadEscapes(path: string): void {
  try {
    decodeURIComponent(path);
  } catch {
    throw new Problem(
      "bad-request",
      "The path holds a % that begins no character. Write %25 for the sign itself.",
    );
  }
}
