import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createGuardedFetch, NetError } from ".";
import { createNetworks } from "./networks";

const closed = createGuardedFetch({
  allowPrivateNetworks: [],
  resolve: () => Promise.reject(new Error("a refused literal is looked up")),
});

/** `security.md` EG1. */
const blockedHosts = [
  ..."127.0.0.1 127.1 127.0.1 127.255.255.254 0x7f.1 0x7f.0.0.1 0x7f000001 2130706433 017700000001 0177.0.0.1".split(
    " ",
  ),
  ..."127.0.0.1. %31%32%37.0.0.1 127.0.0.0x1 0300.0250.1.1 3232235777 0xc0a80101 192.168.257 10.1 0 0.0.0.0".split(
    " ",
  ),
  ..."0.1.2.3 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 100.64.0.1 100.127.255.255".split(
    " ",
  ),
  ..."169.254.0.1 169.254.169.254 0xa9fea9fe 168.63.129.16 100.100.100.200 192.0.0.1 192.0.0.192 192.0.2.1".split(
    " ",
  ),
  ..."192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1".split(
    " ",
  ),
  ..."255.255.255.255 127。0。0。1 127.0.0.1 ①②⑦.0.0.1 localhost LOCALHOST a.localhost localhost.".split(" "),
  ..."[::] [::1] [0:0:0:0:0:0:0:1] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:8.8.8.8]".split(
    " ",
  ),
  ..."[::ffff:0:10.0.0.1] [64:ff9b::10.0.0.1] [64:ff9b::169.254.169.254] [64:ff9b:1::a00:1] [2002:a00:1::]".split(
    " ",
  ),
  ..."[2002:7f00:1::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [fc00::1] [fd12:3456::1] [fd00:ec2::254]".split(
    " ",
  ),
  ..."[fe80::1] [febf::1] [fec0::1] [ff02::1] [ff0e::1] [100::1] [2001:db8::1] [3fff::1] [5f00::1] [2001:2::1]".split(
    " ",
  ),
  ..."[4000::1] [e000::1] [fe80::1%25eth0] [fe80::1%eth0]".split(" "),
];

describe("addresses as they are written", () => {
  test("at least sixty spellings are tried", () => expect(blockedHosts.length).toBeGreaterThanOrEqual(60));

  test.each(blockedHosts)("%s is refused when saved and when called", async (host) => {
    for (const url of [`http://${host}/`, `https://${host}:8443/x?y=1`]) {
      expect(closed.checkAddress(url)).toMatch(/\.$/);
      await expect(closed.fetch(url)).rejects.toMatchObject({ name: "NetError", kind: "blocked" });
    }
  });

  test("every number spelling of an inner IPv4 address is refused", () => {
    const spell = (n: number) => [String(n), `0x${n.toString(16)}`, `0${n.toString(8)}`];
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.constantFrom(10, 127, 0), octet, octet, octet, fc.nat(2), (a, b, c, d, form) => {
        const whole = ((a * 256 + b) * 256 + c) * 256 + d;
        const parts = [a, b, c, d].map((part) => spell(part)[form]).join(".");
        for (const host of [...spell(whole), parts]) {
          expect(closed.checkAddress(`http://${host}/`)).not.toBeNull();
        }
      }),
    );
  });

  test.each([
    "http://8.8.8.8/",
    "https://1.1.1.1:8443/v1",
    "http://172.32.0.1/",
    "http://100.128.0.1/",
    "https://[2606:4700:4700::1111]/",
    "https://api.example.com/v1?x=1#y",
    "https://bücher.example/",
    "http://example.com:3000",
    "HTTPS://EXAMPLE.COM",
  ])("%s may be saved", (url) => expect(closed.checkAddress(url)).toBeNull());

  test.each([
    ["ftp://example.com/", "http and https"],
    ["file:///etc/passwd", "http and https"],
    ["gopher://example.com/", "http and https"],
    ["javascript:alert(1)", "http and https"],
    ["http://good.example@evil.example/", "user name"],
    ["http://:secret@evil.example/", "user name"],
    ["http://good.example\\@evil.example/", "backslashes"],
    ["http:\\\\evil.example", "backslashes"],
    ["http://exa\tmple.com/", "control"],
    ["http://example.com/a\nb", "control"],
    [" http://example.com/", "spaces"],
    ["http://exa\u200bmple.com/", "control"],
    ["http:example.com", "complete"],
    ["http:///example.com", "complete"],
    ["//example.com/x", "complete"],
    ["/x", "complete"],
    ["", "complete"],
    ["http://[::1/", "complete"],
    ["http://example.com.:80/", "dot"],
    ...[22, 25, 110, 143, 465, 587, 993, 995, 3306, 5432, 6379, 27017, 6667, 11211].map((port) => [
      `http://example.com:${port}/`,
      `Port ${port}`,
    ]),
  ])("%j is refused: %s", async (url, why) => {
    expect(closed.checkAddress(url)).toContain(why);
    await expect(closed.fetch(url)).rejects.toMatchObject({ kind: "blocked" });
  });

  test("no text makes the check throw, and a refusal never quotes what was given", () => {
    const wild = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.string({ unit: "binary" }).map((text) => `http://${text}`),
    );
    fc.assert(fc.property(wild, (text) => void closed.checkAddress(text)));
    expect(closed.checkAddress("http://name:hunter2@example.com/?key=hunter2")).not.toContain("hunter2");
  });
});

describe("allowed networks", () => {
  const judge = createNetworks(["10.1.0.0/16", "fd12::/16", "64:ff9b::/96", "169.254.0.0/16"]);

  test.each([
    ["10.1.2.3", "allowed"],
    ["10.2.0.1", "private"],
    ["fd12::1", "allowed"],
    ["fd13::1", "private"],
    ["::ffff:10.1.2.3", "private"],
    ["64:ff9b::8.8.8.8", "allowed"],
    ["64:ff9b::10.1.2.3", "allowed"],
    ["64:ff9b::10.2.0.1", "private"],
    ["64:ff9b::169.254.169.254", "metadata"],
    ["169.254.1.1", "allowed"],
    ["169.254.169.254", "metadata"],
    ["not an address", "private"],
    ["2130706433", "private"],
  ])("%s is %s", (address, verdict) => expect(judge(address)).toBe(verdict));

  test("nothing opens a cloud's metadata service", () => {
    const open = createNetworks(["0.0.0.0/0", "::/0"]);
    const inner = [
      "169.254.169.254",
      "168.63.129.16",
      "100.100.100.200",
      "fd00:ec2::254",
      "::ffff:a9fe:a9fe",
    ];
    for (const address of [...inner, "2002:a9fe:a9fe::", "2001:0:1:2:3:4:5601:5601"]) {
      expect(judge(address), address).not.toBe("allowed");
      expect(open(address), address).toBe("metadata");
    }
    expect(open("127.0.0.1")).toBe("allowed");
  });

  test("a network that is not written as CIDR stops the start", () => {
    for (const text of ["10.0.0.0", "10.0.0.0/33", "x/8", ""]) {
      expect(() => createGuardedFetch({ allowPrivateNetworks: [text] })).toThrow("is a network such as");
    }
  });

  test("localhost is open exactly when loopback is", () => {
    const { checkAddress } = createGuardedFetch({ allowPrivateNetworks: ["127.0.0.0/8"] });
    expect(checkAddress("http://localhost:9000/")).toBeNull();
    expect(checkAddress("http://127.0.0.1:9000/")).toBeNull();
    expect(checkAddress("http://[::1]:9000/")).not.toBeNull();
  });

  test("Farebox never calls itself", () => {
    const { checkAddress } = createGuardedFetch({
      allowPrivateNetworks: ["127.0.0.0/8"],
      ownOrigin: "https://pay.example.com",
      ownPorts: () => [3000],
    });
    const self = "The address is Farebox itself.";
    expect(checkAddress("https://pay.example.com/pay/acme/x")).toBe(self);
    expect(checkAddress("http://127.0.0.1:3000/")).toBe(self);
    expect(checkAddress("http://127.9.9.9:3000/")).toBe(self);
    expect(checkAddress("http://localhost:3000/")).toBe(self);
    expect(checkAddress("http://127.0.0.1:3001/")).toBeNull();
    expect(checkAddress("http://93.184.215.14:3000/")).toBeNull();
  });
});

test("a failure is an Error with a kind", () => {
  const error = new NetError("timeout", "Too slow.", { cause: 1 });
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe("NetError: Too slow.");
});
