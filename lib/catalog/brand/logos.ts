import type { Database } from "@/lib/db";
import { type Clock, sha256 } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { deleteLogo, findLogo, type LogoFile, saveLogo } from "./logo-store";
import { pictureOf } from "./picture";

const bytesMax = 256 * 1024;
const sideMax = 2_000;

type Parts = Readonly<{ database: Pick<Database, "client" | "transaction">; clock: Clock; changed(): void }>;

export type Logos = ReturnType<typeof createLogos>;

const refuse = (message: string) =>
  new Problem("unprocessable", message, { errors: [{ path: "logo", message }] });

/** The pictures of merchants, as their pages for payers show them. */
export function createLogos({ database, clock, changed }: Parts) {
  return {
    find: (merchantId: string): Promise<LogoFile | null> => findLogo(database.client, merchantId),
    /** Takes PNG, JPEG and WebP, told by the bytes alone. The same picture again changes nothing. */
    async save(merchantId: string, bytes: Uint8Array): Promise<{ type: string; sha256: string }> {
      if (bytes.byteLength > bytesMax) throw refuse("Use a picture of at most 256 KiB.");
      const picture = pictureOf(bytes);
      if (!picture)
        throw refuse("Use a PNG, JPEG or WebP picture. Other kinds are not taken, whatever their name.");
      if (picture.width > sideMax || picture.height > sideMax) {
        throw refuse(`Use a picture of at most ${sideMax} by ${sideMax} points.`);
      }
      const logo = { type: picture.type, sha256: sha256(bytes).toString("hex") };
      await database.transaction((tx) => saveLogo(tx, merchantId, { ...logo, bytes }, clock.now()));
      changed();
      return logo;
    },
    /** `false`: there was none. */
    async delete(merchantId: string): Promise<boolean> {
      const wasThere = await database.transaction((tx) => deleteLogo(tx, merchantId, clock.now()));
      changed();
      return wasThere;
    },
  };
}
