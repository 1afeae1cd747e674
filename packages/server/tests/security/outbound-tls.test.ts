/**
 * TLS: the certificate must be trusted, valid now and made out to the host of the URL; nothing of a
 * request reaches a server that fails any of it (reliability matrix B8).
 */
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:tls";
import type { TlsOptions } from "node:tls";

import { afterEach, describe, expect, test } from "vitest";

import type { Outbound } from "../../src/outbound/index.ts";
import { makeCertificate } from "./outbound-certificates.ts";
import type { Certificate } from "./outbound-certificates.ts";
import {
  closeAll,
  closeLater,
  closeServer,
  expectFailed,
  expectResponse,
  listen,
  OK,
  openOutbound,
  requestTo,
  send,
  splitRequests,
  startAnswering,
  startReceiver,
  track,
} from "./outbound-harness.ts";

afterEach(closeAll);

const HOST = "receiver.example";
const authority = makeCertificate({ name: "Test authority", isAuthority: true });
const good = makeCertificate({ name: HOST, altNames: [HOST, "127.0.0.1"], issuer: authority });
const leaf = makeCertificate({ name: "leaf.example", issuer: authority });

function withChain(certificate: Certificate, issuer: Certificate): Certificate {
  return { ...certificate, cert: certificate.cert + issuer.cert };
}

type Secure = {
  readonly port: number;
  readonly url: string;
  readonly serverNames: readonly (string | false)[];
  readonly protocols: readonly (string | null)[];
  received(): string;
};

async function startSecure(certificate: Certificate, options: TlsOptions = {}): Promise<Secure> {
  const sockets = new Set<Socket>();
  const serverNames: (string | false)[] = [];
  const protocols: (string | null)[] = [];
  let received = "";
  const { cert, key } = certificate;
  const server = createServer({ cert, key, ...options }, (socket) => {
    serverNames.push((socket as unknown as { servername: string | false }).servername);
    protocols.push(socket.getProtocol());
    splitRequests(socket, (_number, request) => {
      received += request;
      socket.write(OK);
    });
    socket.on("error", () => undefined);
  });
  server.on("connection", (socket: Socket) => track(sockets, socket));
  server.on("tlsClientError", () => undefined);
  await listen(server, "127.0.0.1");
  closeLater(() => closeServer(server, sockets));
  const { port } = server.address() as AddressInfo;
  const url = `https://${HOST}:${port}/in`;
  return { port, url, serverNames, protocols, received: () => received };
}

function openTrusting(trustedCa: readonly string[] = [authority.cert]): Outbound {
  return openOutbound({ trustedCa }, { lookup: (_hostname, done) => done(null, ["127.0.0.1"]) });
}

describe("certificates", () => {
  test("one that is trusted, valid and made out to the host is taken", async () => {
    const server = await startSecure(good);
    const outbound = openTrusting();
    for (let index = 0; index < 3; index += 1) {
      const response = await expectResponse(send(outbound, requestTo(server.url)));
      expect(response).toMatchObject({ status: 200, remoteAddress: "127.0.0.1" });
    }
    expect(server.serverNames).toEqual([HOST]);
    expect(server.protocols).toEqual(["TLSv1.3"]);
    expect(server.received()).toContain(`\r\nhost: ${HOST}:${server.port}\r\n`);
  });

  test("one made out to an address is taken for that address, without a server name", async () => {
    const server = await startSecure(good);
    const url = `https://127.0.0.1:${server.port}/`;
    expect((await expectResponse(send(openTrusting(), requestTo(url)))).status).toBe(200);
    expect(server.serverNames).toEqual([false]);
  });

  test.each([
    [
      "expired",
      makeCertificate({ name: HOST, altNames: [HOST], issuer: authority, validTo: -0.5 }),
      "CERT_HAS_EXPIRED",
    ],
    [
      "not valid yet",
      makeCertificate({ name: HOST, altNames: [HOST], issuer: authority, validFrom: 0.5 }),
      "CERT_NOT_YET_VALID",
    ],
    [
      "made out to another host",
      makeCertificate({ name: "other.example", altNames: ["other.example"], issuer: authority }),
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
    [
      "made out to the host in its common name only",
      makeCertificate({ name: HOST, altNames: ["other.example"], issuer: authority }),
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
    [
      "signed by itself",
      makeCertificate({ name: HOST, altNames: [HOST] }),
      "DEPTH_ZERO_SELF_SIGNED_CERT",
    ],
    [
      "signed by an authority nobody trusts",
      makeCertificate({
        name: HOST,
        altNames: [HOST],
        issuer: makeCertificate({ name: "Nobody", isAuthority: true }),
      }),
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    ],
    [
      "signed by a certificate that is no authority",
      withChain(makeCertificate({ name: HOST, altNames: [HOST], issuer: leaf }), leaf),
      "INVALID_PURPOSE",
    ],
  ])("one that is %s is refused before the request is sent", async (_what, certificate, detail) => {
    const server = await startSecure(certificate);
    const failed = await expectFailed(send(openTrusting(), requestTo(server.url)));
    expect(failed).toMatchObject({ cause: "tls", phase: "tls", detail, ambiguous: false });
    expect(server.received()).toBe("");
  });

  test("the authority of a test is not trusted unless it is named", async () => {
    const server = await startSecure(good);
    const failed = await expectFailed(send(openTrusting([]), requestTo(server.url)));
    expect(failed.cause).toBe("tls");
    expect(server.received()).toBe("");
  });

  test("the environment cannot turn verification off", async () => {
    const server = await startSecure(good);
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      const failed = await expectFailed(send(openTrusting([]), requestTo(server.url)));
      expect(failed.cause).toBe("tls");
    } finally {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    }
    expect(server.received()).toBe("");
  });
});

describe("handshakes", () => {
  test("TLS 1.2 is the oldest that is spoken", async () => {
    const server = await startSecure(good, { maxVersion: "TLSv1.2" });
    await expectResponse(send(openTrusting(), requestTo(server.url)));
    expect(server.protocols).toEqual(["TLSv1.2"]);
  });

  test("no version older than 1.2 is offered", async () => {
    let hello = "";
    const server = await startReceiver({
      onConnection(socket) {
        socket.once("data", (bytes: Buffer) => {
          hello = bytes.toString("hex");
          socket.destroy();
        });
      },
    });
    const request = requestTo(`https://127.0.0.1:${server.port}/`);
    await expectFailed(send(openTrusting(), request));
    // The supported_versions extension: 43, its length, and a list of 1.3 and 1.2 (RFC 8446, 4.2.1).
    expect(hello).toContain("002b00050403040303");
  });

  test.each(["TLSv1", "TLSv1.1"] as const)("%s is refused", async (version) => {
    const server = await startSecure(good, {
      minVersion: version,
      maxVersion: version,
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    const failed = await expectFailed(send(openTrusting(), requestTo(server.url)));
    expect(failed).toMatchObject({ cause: "tls", phase: "tls", ambiguous: false });
    expect(server.received()).toBe("");
  });

  test("a server that does not speak TLS is refused, and is sent nothing of the request", async () => {
    const server = await startReceiver({ onConnection: (socket) => void socket.write(OK) });
    const url = `https://127.0.0.1:${server.port}/`;
    const failed = await expectFailed(send(openTrusting(), requestTo(url)));
    expect(failed).toMatchObject({ cause: "tls", ambiguous: false });
    expect(server.received).toBe("");
  });

  test("a server that closes during the handshake is refused", async () => {
    const server = await startReceiver({ onConnection: (socket) => void socket.destroy() });
    const url = `https://127.0.0.1:${server.port}/`;
    const failed = await expectFailed(send(openTrusting(), requestTo(url)));
    expect(failed).toMatchObject({ cause: "tls", phase: "tls", ambiguous: false });
  });

  test("[I10] a handshake that hangs is left at the connect limit", async () => {
    const server = await startReceiver();
    const url = `https://127.0.0.1:${server.port}/`;
    const request = requestTo(url, { limits: { connectMs: 200 } });
    const failed = await expectFailed(send(openTrusting(), request));
    expect(failed).toMatchObject({ cause: "timeout", phase: "tls", ambiguous: false });
    expect(failed.timings.totalMs).toBeLessThan(450);
  });

  test("TLS to a plain port and plain text to a TLS port are failures, not crashes", async () => {
    const secure = await startSecure(good);
    const plain = await startAnswering(OK);
    const outbound = openTrusting();
    const toSecure = requestTo(`http://127.0.0.1:${secure.port}/`);
    expect(["reset", "protocol"]).toContain((await expectFailed(send(outbound, toSecure))).cause);
    const toPlain = requestTo(`https://127.0.0.1:${plain.port}/`);
    const request = { ...toPlain, limits: { ...toPlain.limits, connectMs: 200 } };
    expect((await expectFailed(send(outbound, request))).ambiguous).toBe(false);
  });

  test("[I9] the address is checked before the handshake begins", async () => {
    const server = await startSecure(good);
    const failed = await expectFailed(
      send(openTrusting(), requestTo(server.url, { allowPrivate: false })),
    );
    expect(failed.cause).toBe("blocked_address");
    expect(server.serverNames).toEqual([]);
  });
});
