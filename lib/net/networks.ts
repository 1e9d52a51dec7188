import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { assert } from "@/lib/kit";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** Where clouds hand out credentials to whoever asks from inside. No setting opens these. */
const metadataAddresses = new Set(
  [
    "169.254.169.254", // nearly all
    "169.254.169.253", // AWS name server
    "169.254.170.2", // AWS containers
    "169.254.170.23", // AWS pods
    "169.254.0.23", // Tencent
    "168.63.129.16", // Azure
    "100.100.100.200", // Alibaba
    "192.0.0.192", // Oracle
    "fd00:ec2::254", // AWS
    "fd00:ec2::23", // AWS pods
    "fd20:ce::254", // Google
  ].map((text) => ipaddr.parse(text).toString()),
);

const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");
/** Prefixes whose last 32 bits are an IPv4 address: mapped, compatible, translated (RFC 2765), NAT64 (RFC 6052, 8215). */
const endsInIpv4 = ["::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"].map(
  (text) => ipaddr.IPv6.parseCIDR(text),
);

const ipv4Of = (high: number, low: number) => new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255]);

/** The IPv4 address that an IPv6 address of a transition mechanism leads to. */
function embeddedIpv4(address: Address): ipaddr.IPv4 | null {
  if (address instanceof ipaddr.IPv4) return null;
  const [, second = 0, third = 0, , , , seventh = 0, eighth = 0] = address.parts;
  const range = address.range();
  if (range === "6to4") return ipv4Of(second, third);
  if (range === "teredo") return ipv4Of(seventh ^ 0xffff, eighth ^ 0xffff);
  return endsInIpv4.some((prefix) => address.match(prefix)) ? ipv4Of(seventh, eighth) : null;
}

function isPublic(address: Address): boolean {
  if (address.range() !== "unicast") return false;
  return address instanceof ipaddr.IPv4 || address.match(globalUnicast);
}

function isWithin(address: Address, [network, bits]: Range): boolean {
  if (address instanceof ipaddr.IPv4) return network instanceof ipaddr.IPv4 && address.match(network, bits);
  return network instanceof ipaddr.IPv6 && address.match(network, bits);
}

type Verdict = "allowed" | "metadata" | "private";

/** The one judge of addresses: public ones and the listed networks are allowed, everything else is not. */
export function createNetworks(allowed: readonly string[]): (address: string) => Verdict {
  const ranges = allowed.map((text): Range => {
    assert(ipaddr.isValidCIDR(text), `"${text}" is a network such as 10.0.0.0/8.`);
    return ipaddr.parseCIDR(text);
  });
  const isOpen = (address: Address) => isPublic(address) || ranges.some((range) => isWithin(address, range));

  return (text) => {
    if (isIP(text) === 0) return "private";
    const address = ipaddr.parse(text);
    const embedded = embeddedIpv4(address);
    for (const each of [address, embedded]) {
      if (each && metadataAddresses.has(each.toString().replace(/%.*$/, ""))) return "metadata";
    }
    return isOpen(address) && (embedded === null || isOpen(embedded)) ? "allowed" : "private";
  };
}
