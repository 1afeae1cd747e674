/**
 * Connections: reuse, the keep-alive race, limits and what happens at them, giving up, closing.
 */
import { Socket } from "node:net";

import { afterEach, describe, expect, test } from "vitest";

import { dialTcp } from "../../src/outbound/connect.ts";
import type { OutboundResult } from "../../src/outbound/index.ts";
import { systemClock } from "../../src/support/clock.ts";
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
  until,
} from "./outbound-harness.ts";

afterEach(closeAll);

/** A receiver that answers when the test says so, oldest request first. */
async function startHolding() {
  const held: Socket[] = [];
  const requests: string[] = [];
  let mostHeld = 0;
  const receiver = await startReceiver({
    onRequest(socket, _number, request) {
      requests.push(/x-number: (\S+)/.exec(request)?.[1] ?? "");
      held.push(socket);
      mostHeld = Math.max(mostHeld, held.length);
    },
  });
  return {
    receiver,
    requests,
    mostHeld: () => mostHeld,
    answerNext: async (): Promise<void> => {
      await until(() => held.length > 0);
      held.shift()!.write(OK);
    },
  };
}

describe("reuse", () => {
  test("one connection serves one request after the other", async () => {
    const receiver = await startAnswering(OK);
    const outbound = openOutbound();
    for (let index = 0; index < 20; index += 1) {
      const response = await expectResponse(send(outbound, requestTo(receiver.url)));
      expect(response.resent).toBe(false);
    }
    expect(receiver.connectionCount).toBe(1);
    expect(outbound.stats()).toMatchObject({ connections: 1, idleConnections: 1, connectCount: 1 });
  });

  test("what is sent from within a result gets the connection just freed", async () => {
    const receiver = await startAnswering(OK);
    const outbound = openOutbound();
    await new Promise<void>((resolve) => {
      let left = 50;
      const next = (): void => {
        left -= 1;
        outbound.send(requestTo(receiver.url), left === 0 ? () => resolve() : next);
      };
      next();
    });
    expect(receiver.connectionCount).toBe(1);
  });

  test("a receiver that closes after each answer gets a new connection each time", async () => {
    const receiver = await startReceiver({
      onRequest: (socket) =>
        void socket.end("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"),
    });
    const outbound = openOutbound();
    for (let index = 0; index < 10; index += 1) {
      const response = await expectResponse(send(outbound, requestTo(receiver.url)));
      expect(response.resent).toBe(false);
    }
    expect(receiver.connectionCount).toBe(10);
    await until(() => outbound.stats().connections === 0);
    expect(outbound.stats().origins).toBe(0);
  });

  test("a connection older than its limit is not used again", async () => {
    const receiver = await startAnswering(OK);
    const outbound = openOutbound({ maxConnectionAgeMs: 0 });
    await expectResponse(send(outbound, requestTo(receiver.url)));
    await expectResponse(send(outbound, requestTo(receiver.url)));
    expect(receiver.connectionCount).toBe(2);
  });

  test("[I10] an idle connection is closed after its time", async () => {
    const receiver = await startAnswering(OK);
    const outbound = openOutbound({ keepAliveMs: 100 });
    await expectResponse(send(outbound, requestTo(receiver.url)));
    expect(outbound.stats().idleConnections).toBe(1);
    await until(() => receiver.openCount === 0);
    await until(() => outbound.stats().origins === 0);
  });

  test("an idle connection that its other end closes is forgotten", async () => {
    const sockets: Socket[] = [];
    const receiver = await startReceiver({
      onConnection: (socket) => void sockets.push(socket),
      onRequest: (socket) => void socket.write(OK),
    });
    const outbound = openOutbound();
    await expectResponse(send(outbound, requestTo(receiver.url)));
    sockets[0]!.end();
    await until(() => outbound.stats().connections === 0);
    expect(outbound.stats().origins).toBe(0);
  });
});

describe("the keep-alive race", () => {
  /** Answers the first request of each connection; what it does to later ones is up to the test. */
  function startClosing(onLater: (socket: Socket) => void) {
    return startReceiver({
      onRequest(socket, number) {
        if (number === 1) socket.write(OK);
        else onLater(socket);
      },
    });
  }

  test.each([
    ["reset", (socket: Socket) => void socket.resetAndDestroy()],
    ["closed", (socket: Socket) => void socket.destroy()],
    ["ended", (socket: Socket) => void socket.end()],
  ])(
    "[I5] a reused connection that is %s before any answer costs nothing",
    async (_how, onLater) => {
      const receiver = await startClosing(onLater);
      const outbound = openOutbound();
      await expectResponse(send(outbound, requestTo(receiver.url)));
      const second = await expectResponse(send(outbound, requestTo(receiver.url)));
      expect(second).toMatchObject({ status: 200, resent: true });
      expect(second.timings.connectMs).toBeDefined();
      expect(receiver.connectionCount).toBe(2);
      expect(outbound.stats().resendCount).toBe(1);
    },
  );

  test("[I5] a request is sent again once and no more", async () => {
    let connectionCount = 0;
    const receiver = await startReceiver({
      onConnection: () => void (connectionCount += 1),
      onRequest(socket, number) {
        if (connectionCount === 1 && number === 1) socket.write(OK);
        else socket.resetAndDestroy();
      },
    });
    const outbound = openOutbound();
    await expectResponse(send(outbound, requestTo(receiver.url)));
    const failed = await expectFailed(send(outbound, requestTo(receiver.url)));
    expect(failed).toMatchObject({ cause: "reset", resent: true, ambiguous: true });
    expect(receiver.connectionCount).toBe(2);
  });

  test("[I5] what was written stays ambiguous when the second connection is refused", async () => {
    const receiver = await startClosing((socket) => void socket.resetAndDestroy());
    let dialCount = 0;
    const outbound = openOutbound(
      {},
      { dial: (address, port) => dialTcp(address, dialCount++ === 0 ? port : 1) },
    );
    await expectResponse(send(outbound, requestTo(receiver.url)));
    const failed = await expectFailed(send(outbound, requestTo(receiver.url)));
    expect(failed).toMatchObject({ cause: "connect", resent: true, ambiguous: true });
  });

  test("[I5] an answer that has begun is not asked for again", async () => {
    const receiver = await startClosing((socket) => {
      socket.write("HTTP/1.1 2", () => socket.resetAndDestroy());
    });
    const outbound = openOutbound();
    await expectResponse(send(outbound, requestTo(receiver.url)));
    const failed = await expectFailed(send(outbound, requestTo(receiver.url)));
    expect(failed).toMatchObject({ cause: "reset", resent: false, ambiguous: true });
    expect(receiver.connectionCount).toBe(1);
  });

  test("[I5] a receiver that takes too long on a reused connection is not asked again", async () => {
    const receiver = await startClosing(() => undefined);
    const outbound = openOutbound();
    await expectResponse(send(outbound, requestTo(receiver.url)));
    const request = requestTo(receiver.url, { limits: { headersMs: 100 } });
    const failed = await expectFailed(send(outbound, request));
    expect(failed).toMatchObject({ cause: "timeout", phase: "headers", resent: false });
    expect(receiver.connectionCount).toBe(1);
  });
});

describe("limits", () => {
  test("[I10] requests beyond the connections of an origin wait, in order", async () => {
    const { receiver, requests, mostHeld, answerNext } = await startHolding();
    const outbound = openOutbound({ connectionsPerOrigin: 2 });
    const results = Array.from({ length: 8 }, (_, index) =>
      send(outbound, requestTo(receiver.url, { headers: ["x-number", String(index)] })),
    );
    expect(outbound.stats()).toMatchObject({ connections: 2, inFlight: 8, waiting: 6 });
    for (let sent = 2; sent < 10; sent += 1) {
      await until(() => requests.length === Math.min(sent, 8));
      await answerNext();
    }
    await Promise.all(results.map(expectResponse));
    expect(requests.slice(2)).toEqual(["2", "3", "4", "5", "6", "7"]);
    expect(mostHeld()).toBe(2);
    expect(receiver.connectionCount).toBe(2);
    expect(outbound.stats()).toMatchObject({ idleConnections: 2, inFlight: 0, waiting: 0 });
  });

  test("[I10] who waits in vain runs into the total limit, unsent", async () => {
    const { receiver, requests, answerNext } = await startHolding();
    const outbound = openOutbound({ connectionsPerOrigin: 1 });
    const first = send(outbound, requestTo(receiver.url));
    const limits = { totalMs: 100 };
    const failed = await expectFailed(send(outbound, requestTo(receiver.url, { limits })));
    expect(failed).toMatchObject({ cause: "timeout", phase: "waiting", ambiguous: false });
    expect(outbound.stats().waiting).toBe(0);
    await answerNext();
    await expectResponse(first);
    expect(requests).toHaveLength(1);
  });

  test("[I10] those who wait go on when the connection before them breaks", async () => {
    const receiver = await startReceiver({
      onRequest: (socket) => void socket.resetAndDestroy(),
    });
    const outbound = openOutbound({ connectionsPerOrigin: 1 });
    const results = Array.from({ length: 5 }, () => send(outbound, requestTo(receiver.url)));
    for (const failed of await Promise.all(results.map(expectFailed))) {
      expect(failed.cause).toBe("reset");
    }
    expect(receiver.connectionCount).toBe(5);
    expect(outbound.stats()).toMatchObject({ connections: 0, inFlight: 0, waiting: 0, origins: 0 });
  });

  test("[I10] at the limit of waiting requests one more is refused, unsent", async () => {
    const { receiver } = await startHolding();
    const outbound = openOutbound({ connectionsPerOrigin: 1, maxWaitingPerOrigin: 2 });
    for (let index = 0; index < 3; index += 1) void send(outbound, requestTo(receiver.url));
    const failed = await expectFailed(send(outbound, requestTo(receiver.url)));
    expect(failed).toMatchObject({
      cause: "overloaded",
      detail: "max_waiting",
      phase: "waiting",
      ambiguous: false,
    });
    expect(outbound.stats()).toMatchObject({ inFlight: 3, waiting: 2 });
  });

  test("[I10] at the limit of connections the one idle for the longest time makes room", async () => {
    const receivers = await Promise.all([1, 2, 3].map(() => startAnswering(OK)));
    const outbound = openOutbound({ maxConnections: 2 });
    for (const { url } of receivers) await expectResponse(send(outbound, requestTo(url)));
    await until(() => receivers[0]!.openCount === 0);
    expect(receivers.map(({ openCount }) => openCount)).toEqual([0, 1, 1]);
    expect(outbound.stats()).toMatchObject({ connections: 2, origins: 2 });
  });

  test("[I10] when all connections are busy, one more origin is refused, unsent", async () => {
    const busy = await startHolding();
    const other = await startAnswering(OK);
    const outbound = openOutbound({ maxConnections: 2 });
    const results = [1, 2].map(() => send(outbound, requestTo(busy.receiver.url)));
    const failed = await expectFailed(send(outbound, requestTo(other.url)));
    expect(failed).toMatchObject({ cause: "overloaded", detail: "max_connections" });
    expect(other.connectionCount).toBe(0);
    for (const result of results) {
      await busy.answerNext();
      await expectResponse(result);
    }
    await expectResponse(send(outbound, requestTo(other.url)));
  });

  test("[I10] a thousand origins share the connections there are", async () => {
    const receiver = await startAnswering(OK);
    const outbound = openOutbound(
      { maxConnections: 8 },
      { lookup: (_hostname, done) => done(null, ["127.0.0.1"]) },
    );
    for (let index = 0; index < 1000; index += 1) {
      const url = `http://origin-${index}.example:${receiver.port}/`;
      await expectResponse(send(outbound, requestTo(url)));
    }
    expect(outbound.stats()).toMatchObject({ connections: 8, origins: 8 });
    await until(() => receiver.openCount === 8);
  });
});

describe("giving up", () => {
  test("a request that waits is taken out of the line, unsent", async () => {
    const { receiver, requests, answerNext } = await startHolding();
    const outbound = openOutbound({ connectionsPerOrigin: 1 });
    const first = send(outbound, requestTo(receiver.url));
    const results: OutboundResult[] = [];
    const handle = outbound.send(requestTo(receiver.url), (result) => results.push(result));
    handle.abort();
    handle.abort();
    expect(results).toMatchObject([{ cause: "aborted", phase: "waiting", ambiguous: false }]);
    expect(outbound.stats()).toMatchObject({ inFlight: 1, waiting: 0 });
    await answerNext();
    await expectResponse(first);
    expect(requests).toHaveLength(1);
  });

  test("a request that is being connected is given up with its socket", async () => {
    const sockets: Socket[] = [];
    const outbound = openOutbound(
      {},
      {
        dial() {
          const socket = new Socket();
          sockets.push(socket);
          return socket;
        },
      },
    );
    const results: OutboundResult[] = [];
    const request = requestTo("http://127.0.0.1:9999/");
    const handle = outbound.send(request, (result) => results.push(result));
    await until(() => sockets.length === 1);
    handle.abort();
    expect(results).toMatchObject([{ cause: "aborted", phase: "connect", ambiguous: false }]);
    expect(sockets[0]!.destroyed).toBe(true);
    expect(outbound.stats()).toMatchObject({ connections: 0, inFlight: 0 });
  });

  test("a request whose name is being resolved is given up; a late answer opens nothing", async () => {
    const dialled: string[] = [];
    const answers: (() => void)[] = [];
    const outbound = openOutbound(
      {},
      {
        lookup: (_hostname, done) => void answers.push(() => done(null, ["127.0.0.1"])),
        dial(address) {
          dialled.push(address);
          return new Socket();
        },
      },
    );
    const results: OutboundResult[] = [];
    const handle = outbound.send(requestTo("http://slow.example/"), (result) =>
      results.push(result),
    );
    await until(() => answers.length === 1);
    handle.abort();
    answers[0]!();
    expect(results).toMatchObject([{ cause: "aborted", phase: "dns", ambiguous: false }]);
    expect(dialled).toEqual([]);
  });

  test("a request that was written is given up with its connection, and may have arrived", async () => {
    const { receiver, requests } = await startHolding();
    const outbound = openOutbound();
    const results: OutboundResult[] = [];
    const handle = outbound.send(requestTo(receiver.url), (result) => results.push(result));
    await until(() => requests.length === 1);
    handle.abort();
    expect(results).toMatchObject([{ cause: "aborted", phase: "headers", ambiguous: true }]);
    await until(() => receiver.openCount === 0);
  });

  test("giving up after the result changes nothing", async () => {
    const receiver = await startAnswering(OK);
    const outbound = openOutbound();
    const results: OutboundResult[] = [];
    const handle = outbound.send(requestTo(receiver.url), (result) => results.push(result));
    await until(() => results.length === 1);
    handle.abort();
    await expectResponse(send(outbound, requestTo(receiver.url)));
    expect(results).toHaveLength(1);
    expect(receiver.connectionCount).toBe(1);
  });
});

describe("results", () => {
  test("no result arrives before the handle, whatever refuses the request", async () => {
    const receiver = await startReceiver();
    const outbound = openOutbound(
      { connectionsPerOrigin: 1, maxWaitingPerOrigin: 0 },
      {
        lookup: (_hostname, done) =>
          done(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }), []),
      },
    );
    void send(outbound, requestTo(receiver.url));
    const requests = [
      requestTo(receiver.url),
      requestTo(receiver.url, { headers: ["host", "x"] }),
      requestTo(receiver.url, { method: "CONNECT" }),
      requestTo("ftp://127.0.0.1/"),
      requestTo("http://127.0.0.1:22/"),
      requestTo("http://10.0.0.1/", { allowPrivate: false }),
      requestTo("http://missing.example/"),
    ];
    for (const request of requests) {
      let returned = false;
      const early = await new Promise<boolean>((resolve) => {
        outbound.send(request, () => resolve(!returned));
        returned = true;
      });
      expect(early).toBe(false);
    }
  });

  test("a defect in what takes the result is not swallowed, and harms no other request", async () => {
    const receiver = await startAnswering(OK);
    const thrown: unknown[] = [];
    const outbound = openOutbound(
      {},
      {
        clock: {
          ...systemClock,
          afterTurn(action) {
            systemClock.afterTurn(() => {
              try {
                action();
              } catch (error) {
                thrown.push(error);
              }
            });
          },
        },
      },
    );
    const defect = new Error("a defect of the caller");
    outbound.send(requestTo(receiver.url), () => {
      throw defect;
    });
    await until(() => thrown.length === 1);
    expect(thrown).toEqual([defect]);
    await expectResponse(send(outbound, requestTo(receiver.url)));
    expect(receiver.connectionCount).toBe(1);
  });
});

describe("closing", () => {
  test("everything in flight ends as aborted, every socket is closed, nothing is left", async () => {
    const { receiver, requests } = await startHolding();
    const idle = await startAnswering(OK);
    const outbound = openOutbound(
      { connectionsPerOrigin: 2 },
      { dial: (address, port) => (port === 9999 ? new Socket() : dialTcp(address, port)) },
    );
    await expectResponse(send(outbound, requestTo(idle.url)));
    const results = [
      ...[1, 2, 3].map(() => send(outbound, requestTo(receiver.url))),
      send(outbound, requestTo("http://127.0.0.1:9999/")),
    ];
    await until(() => requests.length === 2);
    await outbound.close();
    for (const failed of await Promise.all(results.map(expectFailed))) {
      expect(failed).toMatchObject({ cause: "aborted", detail: "closed" });
    }
    expect(outbound.stats()).toMatchObject({
      origins: 0,
      connections: 0,
      idleConnections: 0,
      inFlight: 0,
      waiting: 0,
    });
    await until(() => receiver.openCount === 0 && idle.openCount === 0);
    await outbound.close();
  });

  test("what is sent afterwards is aborted", async () => {
    const receiver = await startAnswering(OK);
    const outbound = openOutbound();
    await outbound.close();
    const failed = await expectFailed(send(outbound, requestTo(receiver.url)));
    expect(failed).toMatchObject({ cause: "aborted", detail: "closed", ambiguous: false });
    expect(receiver.connectionCount).toBe(0);
  });

  test("no handle outlives it", async () => {
    const receiver = await startAnswering(OK);
    const before = socketHandles();
    const outbound = openOutbound();
    await Promise.all(
      Array.from({ length: 10 }, () => expectResponse(send(outbound, requestTo(receiver.url)))),
    );
    await outbound.close();
    await until(() => receiver.openCount === 0);
    await until(() => socketHandles() === before);
    expect(socketHandles()).toBe(before);
  });
});

function socketHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}
