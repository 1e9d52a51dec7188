import type { Kit } from "../../contract";
import type { LightningSettings } from "../settings";
import type { Backend } from "./backend";
import { createCln } from "./cln";
import { createLnbits } from "./lnbits";
import { createLnd } from "./lnd";
import { createNwc } from "./nwc";
import { createPhoenixd } from "./phoenixd";
import { createRest } from "./rest";

/** The back-end that the settings name. Opens nothing: each call is a conversation of its own. */
export function connectBackend(settings: LightningSettings, { fetch, openSocket }: Kit): Backend {
  switch (settings.backend) {
    case "lnd": {
      const { url, macaroon, tlsCertificate } = settings;
      return createLnd(
        createRest({ url, fetch, tlsCertificate, headers: { "grpc-metadata-macaroon": macaroon } }),
      );
    }
    case "cln": {
      const { url, rune, tlsCertificate } = settings;
      return createCln(createRest({ url, fetch, tlsCertificate, headers: { rune } }));
    }
    case "lnbits": {
      const { url, invoiceKey, adminKey } = settings;
      const door = (key: string) => createRest({ url, fetch, headers: { "x-api-key": key } });
      return createLnbits(door(invoiceKey), adminKey === undefined ? null : door(adminKey));
    }
    case "phoenixd": {
      const { url, password } = settings;
      const authorization = `Basic ${Buffer.from(`:${password}`).toString("base64")}`;
      return createPhoenixd(createRest({ url, fetch, headers: { authorization } }));
    }
    case "nwc": {
      const wallet = openSocket && createNwc(settings.connection, openSocket);
      if (!wallet) throw new Error("The wallet's connection string cannot be used.");
      return wallet;
    }
  }
}
