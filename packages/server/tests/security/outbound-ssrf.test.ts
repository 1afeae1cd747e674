/**
 * Server-side request forgery: whatever a target URL or a name server says, nothing is connected to
 * that the address guard does not allow (reliability matrix D1 to D7, B7).
 */
import { connect } from "node:net";
import type { Socket } from "node:net";

import { afterEach, describe, expect, test } from "vitest";

import { parseTargetUrl } from "../../src/outbound/index.ts";
import type { Lookup, Outbound, OutboundDeps, OutboundOptions } from "../../src/outbound/index.ts";
import {
  closeAll,
  expectFailed,
  expectResponse,
  OK,
  openOutbound,
  requestTo,
  send,
  startAnswering,
  startReceiver,
} from "./outbound-harness.ts";

afterEach(closeAll);

const PUBLIC_ADDRESS = "93.184.215.14";

/** An outbound whose dials are recorded; names are looked up in `names`, anew each time. */
function openWatched(
  names: Readonly<Record<string, () => readonly string[]>> = {},
  options: Partial<OutboundOptions> = {},
) {
  const dialled: string[] = [];
  const lookups: string[] = [];
  const lookup: Lookup = (hostname, done) => {
    lookups.push(hostname);
    const addresses = names[hostname]?.();
    if (addresses !== undefined) done(null, addresses);
    else done(Object.assign(new Error(`ENOTFOUND ${hostname}`), { code: "ENOTFOUND" }), []);
  };
  const deps: Partial<OutboundDeps> = {
    lookup,
    dial(address, port) {
      dialled.push(address);
      return dialStandIn(address, port);
    },
  };
  const resolver = { ttlMs: 0, negativeTtlMs: 0, slots: 2, maxNames: 4096 };
  const outbound = openOutbound({ resolver, ...options }, deps);
  return { outbound, dialled, lookups };
}

/** Loopback stands in for the public network: the socket says it is where it was dialled to. */
function dialStandIn(address: string, port: number): Socket {
  const socket = connect({ host: "127.0.0.1", port });
  Object.defineProperty(socket, "remoteAddress", { get: () => address });
  return socket;
}

const PRIVATE_IPV4 = [
  "127.0.0.1",
  "127.1.2.3",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "100.64.0.1",
  "100.100.100.200",
  "192.0.0.192",
  "168.63.129.16",
];

function spellingsOf(ipv4: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split(".").map(Number);
  const value = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (part: number, width = 2): string => part.toString(16).padStart(width, "0");
  const hexGroups = `${hex(a)}${hex(b)}:${hex(c)}${hex(d)}`;
  const fullwidth = [...ipv4].map((char) =>
    char === "." ? "\u3002" : String.fromCharCode(char.charCodeAt(0) + 0xfee0),
  );
  return [
    ipv4,
    `${ipv4}.`,
    String(value),
    `0x${hex(value, 8)}`,
    `0${value.toString(8)}`,
    [a, b, c, d].map((part) => `0x${hex(part)}`).join("."),
    [a, b, c, d].map((part) => `0${part.toString(8).padStart(3, "0")}`).join("."),
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    fullwidth.join(""),
    [...ipv4].map((char) => `%${hex(char.charCodeAt(0))}`).join(""),
    `[::ffff:${ipv4}]`,
    `[::ffff:${hexGroups}]`,
    `[0:0:0:0:0:ffff:${hexGroups}]`,
    `[::ffff:0:${hexGroups}]`,
    `[::${hexGroups}]`,
    `[64:ff9b::${hexGroups}]`,
    `[64:ff9b:1::${hexGroups}]`,
    `[2002:${hexGroups}::]`,
    `[2600:1900::5efe:${hexGroups}]`,
  ];
}

const OTHER_HOSTS = [
  "0.0.0.0",
  "0",
  "0x0",
  "0.1.2.3",
  "192.0.2.1",
  "192.31.196.1",
  "192.52.193.1",
  "192.88.99.1",
  "192.175.48.1",
  "198.18.0.1",
  "198.19.255.255",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "239.255.255.250",
  "240.0.0.1",
  "255.255.255.255",
  "[::]",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[0000:0000:0000:0000:0000:0000:0000:0001]",
  "[fc00::1]",
  "[fd00:ec2::254]",
  "[fd00:42::42]",
  "[fd20:ce::254]",
  "[fe80::1]",
  "[fec0::1]",
  "[ff02::1]",
  "[100::1]",
  "[2001::1]",
  "[2001:0:7f00:1::]",
  "[2001:2::1]",
  "[2001:10::1]",
  "[2001:db8::1]",
  "[3fff::1]",
  "[4000::1]",
  "[5f00::1]",
  "[2620:4f:8000::1]",
  "localhost",
  "LOCALHOST",
  "localhost.",
  "metadata.google.internal",
  "127.0.0.1.nip.example",
  "[fe80::1%25lo]",
  "[fe80::1%lo]",
];

/** What stands between `http://` and the port; the rest of the authority tries to hide it. */
const DISGUISES = [
  (port: number) => `http://good.example@127.0.0.1:${port}/`,
  (port: number) => `http://good.example:80@127.0.0.1:${port}/`,
  (port: number) => `http://good.example%40127.0.0.1:${port}/`,
  (port: number) => `http://127.0.0.1:${port}#@good.example/`,
  (port: number) => `http://127.0.0.1:${port}?@good.example/`,
  (port: number) => `http://127.0.0.1:${port}\\@good.example/`,
  (port: number) => `http://good.example\\@127.0.0.1:${port}/`,
  (port: number) => `http:\\\\127.0.0.1:${port}/`,
  (port: number) => `http:127.0.0.1:${port}/`,
  (port: number) => `http:/127.0.0.1:${port}/`,
  (port: number) => `http:////127.0.0.1:${port}/`,
  (port: number) => `\thttp://127.0.0.1:${port}/`,
  (port: number) => `ht\ntp://127.0.0.1:${port}/`,
  (port: number) => `http://127.0.\t0.1:${port}/`,
  (port: number) => `HTTP://127.0.0.1:${port}/`,
  (port: number) => `https://127.0.0.1:${port}/`,
  (port: number) => `ftp://127.0.0.1:${port}/`,
  (port: number) => `ws://127.0.0.1:${port}/`,
];

const PRIVATE_NAMES = {
  localhost: () => ["127.0.0.1", "::1"],
  "localhost.": () => ["127.0.0.1"],
  "metadata.google.internal": () => ["169.254.169.254"],
  "127.0.0.1.nip.example": () => ["127.0.0.1"],
};

describe("target URLs", () => {
  test("[I9] no spelling of a closed address is connected to, vetted beforehand or not", async () => {
    const listener = await startAnswering(OK);
    const { outbound, dialled } = openWatched(PRIVATE_NAMES);
    const hosts = [...PRIVATE_IPV4.flatMap(spellingsOf), ...OTHER_HOSTS];
    const vectors = [
      ...hosts.map((host) => `http://${host}:${listener.port}/`),
      ...DISGUISES.map((disguise) => disguise(listener.port)),
    ];
    expect(vectors.length).toBeGreaterThanOrEqual(150);

    const open: string[] = [];
    let sentCount = 0;
    for (const vector of vectors) {
      const vetted = parseTargetUrl(vector);
      if (vetted.kind === "valid" && vetted.literal === "public") open.push(vector);
      if (!URL.canParse(vector)) continue;
      sentCount += 1;
      const result = await send(outbound, requestTo(vector, { allowPrivate: false }));
      const causes = ["blocked_address", "invalid_request", "dns"];
      if (result.kind === "response" || !causes.includes(result.cause)) open.push(vector);
    }
    expect(open).toEqual([]);
    expect(sentCount).toBeGreaterThanOrEqual(150);
    expect(dialled).toEqual([]);
    expect(listener.connectionCount).toBe(0);
  });

  test("[I9] the same listener is reached when the request may go to private networks", async () => {
    const listener = await startAnswering(OK);
    const { outbound } = openWatched(PRIVATE_NAMES);
    for (const host of ["127.0.0.1", "0x7f.1", "2130706433", "localhost"]) {
      const url = `http://${host}:${listener.port}/`;
      expect((await expectResponse(send(outbound, requestTo(url)))).status).toBe(200);
    }
    expect(listener.connectionCount).toBeGreaterThan(0);
  });

  test("[I9] the opt-out opens no metadata, link-local or embedded addresses", async () => {
    const { outbound, dialled } = openWatched({ "rebound.example": () => ["169.254.169.254"] });
    const hosts = [
      "169.254.169.254",
      "168.63.129.16",
      "100.100.100.200",
      "192.0.0.192",
      "[fd00:ec2::254]",
      "[fe80::1]",
      "[::ffff:127.0.0.1]",
      "[64:ff9b::7f00:1]",
      "0.0.0.0",
      "rebound.example",
    ];
    for (const host of hosts) {
      const failed = await expectFailed(send(outbound, requestTo(`http://${host}:8080/`)));
      expect(failed.cause).toBe("blocked_address");
    }
    expect(dialled).toEqual([]);
  });

  test.each([1, 22, 25, 110, 1023, 6379, 11211])(
    "[I9] port %d is not connected to, even in private networks",
    async (port) => {
      const { outbound, dialled } = openWatched();
      const failed = await expectFailed(send(outbound, requestTo(`http://127.0.0.1:${port}/`)));
      expect(failed).toMatchObject({ cause: "invalid_request", detail: "invalid_url" });
      expect(dialled).toEqual([]);
    },
  );

  test("[I9] an own listener is not connected to, whatever name leads there", async () => {
    const listener = await startAnswering(OK);
    const denyAddresses = () => [{ address: "127.0.0.1", port: listener.port }];
    const { outbound } = openWatched(PRIVATE_NAMES, { denyAddresses });
    for (const host of ["127.0.0.1", "localhost"]) {
      const request = requestTo(`http://${host}:${listener.port}/`);
      const failed = await expectFailed(send(outbound, request));
      expect(failed).toMatchObject({ cause: "blocked_address", detail: "own_address" });
    }
    expect(listener.connectionCount).toBe(0);
  });
});

describe("name resolution", () => {
  async function sendTo(outbound: Outbound, port: number) {
    const url = `http://rebound.example:${port}/`;
    return send(outbound, requestTo(url, { allowPrivate: false, headers: [] }));
  }

  test.each([
    ["one private address among public ones", [PUBLIC_ADDRESS, "1.1.1.1", "10.0.0.1"]],
    ["a public A and a private AAAA record", [PUBLIC_ADDRESS, "fd12::1"]],
    ["a public AAAA and a loopback A record", ["2606:4700::1111", "127.0.0.1"]],
    ["an IPv4 address in IPv6 clothes", ["::ffff:10.0.0.1"]],
    ["a scoped address", ["fe80::1%1"]],
    ["what is no address at all", ["127.1"]],
  ])("[I9] %s closes the whole name", async (_what, addresses) => {
    const { outbound, dialled } = openWatched({ "rebound.example": () => addresses });
    const failed = await expectFailed(sendTo(outbound, 8080));
    expect(failed).toMatchObject({ cause: "blocked_address", phase: "dns", ambiguous: false });
    expect(dialled).toEqual([]);
  });

  test("[I9] one lookup per connection decides, and the socket goes to its answer", async () => {
    const listener = await startAnswering(OK);
    const { outbound, dialled, lookups } = openWatched({
      "rebound.example": () => [PUBLIC_ADDRESS],
    });
    const response = await expectResponse(sendTo(outbound, listener.port));
    expect(response.remoteAddress).toBe(PUBLIC_ADDRESS);
    expect(dialled).toEqual([PUBLIC_ADDRESS]);
    expect(lookups).toEqual(["rebound.example"]);
    expect(listener.received).toContain(`\r\nhost: rebound.example:${listener.port}\r\n`);
  });

  test("[I9] a name that turns private is closed from the next connection on", async () => {
    const listener = await startAnswering(
      "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    );
    const answers = [[PUBLIC_ADDRESS], ["127.0.0.1"], ["169.254.169.254"]];
    const { outbound, dialled } = openWatched({
      "rebound.example": () => answers.shift() ?? ["127.0.0.1"],
    });
    expect((await sendTo(outbound, listener.port)).kind).toBe("response");
    for (let round = 0; round < 5; round += 1) {
      const failed = await expectFailed(sendTo(outbound, listener.port));
      expect(failed.cause).toBe("blocked_address");
    }
    expect(dialled).toEqual([PUBLIC_ADDRESS]);
  });

  test("[I9] a thousand answers that alternate never lead to a private address", async () => {
    const listener = await startAnswering(
      "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    );
    let round = 0;
    const { outbound, dialled } = openWatched({
      "rebound.example": () => (round++ % 2 === 0 ? [PUBLIC_ADDRESS] : ["10.0.0.1"]),
    });
    const kinds = new Set<string>();
    for (let index = 0; index < 1000; index += 1) {
      const result = await sendTo(outbound, listener.port);
      kinds.add(result.kind === "failed" ? result.cause : "response");
    }
    expect(kinds).toEqual(new Set(["response", "blocked_address"]));
    expect(new Set(dialled)).toEqual(new Set([PUBLIC_ADDRESS]));
  });

  test("[I9] the address really connected to is checked before anything is written", async () => {
    const listener = await startReceiver();
    const outbound = openOutbound(
      {},
      {
        lookup: (_hostname, done) => done(null, [PUBLIC_ADDRESS]),
        dial: (_address, port) => connect({ host: "127.0.0.1", port }),
      },
    );
    const failed = await expectFailed(sendTo(outbound, listener.port));
    expect(failed).toMatchObject({
      cause: "blocked_address",
      detail: "loopback",
      ambiguous: false,
    });
    expect(listener.received).toBe("");
  });

  test("[I9] a connection opened for a private request does not serve a public one", async () => {
    const listener = await startAnswering(OK);
    const outbound = openOutbound();
    await expectResponse(send(outbound, requestTo(listener.url)));
    expect(outbound.stats().idleConnections).toBe(1);
    const request = requestTo(listener.url, { allowPrivate: false });
    const failed = await expectFailed(send(outbound, request));
    expect(failed.cause).toBe("blocked_address");
    expect(listener.connectionCount).toBe(1);
  });
});

describe("detours", () => {
  test.each([301, 302, 303, 307, 308])(
    "[I9] a %d is an answer and not followed",
    async (status) => {
      const other = await startAnswering(OK);
      const listener = await startAnswering(
        `HTTP/1.1 ${status} Moved\r\nlocation: ${other.url}\r\nrefresh: 0; url=${other.url}\r\n` +
          `alt-svc: h2="127.0.0.1:${other.port}"\r\ncontent-length: 0\r\n\r\n`,
      );
      const outbound = openOutbound();
      const response = await expectResponse(send(outbound, requestTo(listener.url)));
      await expectResponse(send(outbound, requestTo(listener.url)));
      expect(response.status).toBe(status);
      expect(response.headers).toContain(other.url);
      expect(other.connectionCount).toBe(0);
    },
  );

  test("[I9] no proxy named in the environment is asked", async () => {
    const proxy = await startAnswering(OK);
    const listener = await startAnswering(OK);
    const names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "NODE_USE_ENV_PROXY"];
    const before = names.map((name) => [name, process.env[name]] as const);
    for (const name of names) process.env[name] = `http://127.0.0.1:${proxy.port}`;
    try {
      const outbound = openOutbound();
      await expectResponse(send(outbound, requestTo(listener.url)));
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    expect(proxy.connectionCount).toBe(0);
    expect(listener.connectionCount).toBe(1);
  });
});
