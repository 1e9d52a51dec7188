import { X509Certificate } from "node:crypto";
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from "node:net";
import { type ConnectionOptions, checkServerIdentity, connect as connectTls } from "node:tls";
import type { buildConnector } from "undici";
import { type Guard, isLocalhost } from "./guard";
import { NetError } from "./net-error";

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

type ConnectorOptions = Readonly<{
  guard: Guard;
  resolve: Resolve;
  timeoutMs: number;
  /** PEM: the one certificate to trust, instead of the public authorities. */
  certificate?: string | undefined;
}>;

function lookupThrough({ guard, resolve }: ConnectorOptions, port: number): LookupFunction {
  async function addressesOf(host: string): Promise<readonly string[]> {
    const addresses = isLocalhost(host) ? guard.loopback() : await resolve(host);
    if (addresses.length === 0) throw new NetError("not-reached", `${host} has no address.`);
    // One bad answer condemns the name: whoever mixes private with public answers controls which is taken.
    if (addresses.some((address) => guard.faultOf(address, port) !== null)) {
      throw new NetError("blocked", `${host} leads to an address that is not allowed.`);
    }
    return addresses;
  }
  return (host, _options, callback) => {
    addressesOf(host).then(
      (addresses) =>
        callback(
          null,
          addresses.map((address) => ({ address, family: isIP(address) })),
        ),
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new NetError("blocked", "The TLS certificate to trust is not a certificate in PEM form.");
  }
}

function trustOnly(pem: string): ConnectionOptions {
  const { raw } = readCertificate(pem);
  return {
    ca: pem,
    // The pinned certificate itself proves who answers, whatever names it carries.
    checkServerIdentity: (host, peer) => (peer.raw.equals(raw) ? undefined : checkServerIdentity(host, peer)),
  };
}

/**
 * Opens the sockets of the guarded fetch. The check sits in the socket's own look-up, so the addresses judged are the
 * only ones connected to, and the far end is judged once more before a byte of TLS or HTTP is sent.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const { guard, timeoutMs, certificate } = options;
  const trust = certificate === undefined ? {} : trustOnly(certificate);

  return ({ hostname, protocol, port: portText }, callback) => {
    const isTls = protocol === "https:";
    const port = Number(portText || (isTls ? 443 : 80));
    const fault = isIP(hostname) === 0 ? null : guard.faultOf(hostname, port);
    if (fault !== null) {
      queueMicrotask(() => callback(new NetError("blocked", fault), null));
      return;
    }
    const tcp = connectTcp({
      host: hostname,
      port,
      lookup: lookupThrough(options, port),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 1_000,
      noDelay: true,
      keepAlive: true,
    });
    let isSettled = false;
    const settle = (outcome: Error | Socket) => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      if (!(outcome instanceof Error)) return callback(null, outcome);
      tcp.destroy();
      callback(outcome, null);
    };
    const timer = setTimeout(() => {
      settle(new NetError("not-reached", `${hostname} did not accept a connection in time.`));
    }, timeoutMs);

    tcp.on("error", settle).once("connect", () => {
      const reached = tcp.remoteAddress === undefined ? null : guard.faultOf(tcp.remoteAddress, port);
      if (reached !== null) return settle(new NetError("blocked", reached));
      if (!isTls) return settle(tcp);
      // TLS starts only now: its first message would already tell the far end the name.
      const names = { host: hostname, ...(isIP(hostname) === 0 ? { servername: hostname } : {}) };
      const tls = connectTls({ socket: tcp, ...names, ...trust, ALPNProtocols: ["http/1.1"] });
      tls.on("error", settle).once("secureConnect", () => settle(tls));
    });
  };
}
