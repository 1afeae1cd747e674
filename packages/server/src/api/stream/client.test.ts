/** What lets a stream's loop go on, and what does not. */
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { createVirtualClock } from "../../../tests/support/virtual-clock.ts";
import type { Exchange } from "../operation.ts";
import { createStreamClient } from "./client.ts";

/** An answer whose socket takes as much as the test says. */
function opened(caller: "here" | "gone" | "not yet" = "here") {
  const clock = createVirtualClock();
  const written: string[] = [];
  const socket = { takes: true };
  const events = new EventEmitter();
  const httpResponse = Object.assign(events, {
    writeHead: () => undefined,
    write: (text: string) => written.push(text) > 0 && socket.takes,
    end: (text: string) => void written.push(text),
    destroy: () => void events.emit("close"),
  }) as unknown as ServerResponse;
  const client = createStreamClient(httpResponse, clock);
  const closed: string[] = [];
  const httpRequest = { socket: { destroyed: caller === "gone" } };
  const exchange = { requestId: "id-1", httpRequest } as Exchange;
  const begin = (): void => client.begin(exchange, () => closed.push("closed"));
  if (caller !== "not yet") begin();
  return { clock, client, begin, written, socket, closed, drain: () => void events.emit("drain") };
}

/** What became of a promise, without waiting for it. */
function watch<T>(promise: Promise<T>): { readonly result: T | "waiting" } {
  const watched: { result: T | "waiting" } = { result: "waiting" };
  void promise.then((result) => {
    watched.result = result;
  });
  return watched;
}

test("[I10] news do not make room in a full socket; only draining does", async () => {
  const { clock, client, socket, drain } = opened();
  socket.takes = false;
  const sending = watch(client.send("batch"));
  for (let i = 0; i < 10; i++) client.wake();
  await clock.advance(29_000);
  expect(sending.result).toBe("waiting");
  drain();
  await clock.settle();
  expect(sending.result).toBeUndefined();
  expect(client.isOpen()).toBe(true);
});

test("[I10] a socket that takes nothing for half a minute is ended, then cut off", async () => {
  const { clock, client, socket, written, closed } = opened();
  socket.takes = false;
  const sending = watch(client.send("batch"));
  await clock.advance(30_000);
  expect(sending.result).toBeUndefined();
  expect(client.isOpen()).toBe(false);
  expect(written.at(-1)).toContain("reads too slowly");
  await client.send("more");
  expect(written).toHaveLength(2);
  expect(closed).toEqual([]);
  await clock.advance(5000);
  expect(closed).toEqual(["closed"]);
});

test("news within a moment are gathered, and none is lost", async () => {
  const { clock, client } = opened();
  client.wake();
  const first = watch(client.woken());
  await clock.advance(24);
  client.wake();
  expect(first.result).toBe("waiting");
  await clock.advance(1);
  expect(first.result).toBe("notified");
  const second = watch(client.woken());
  await clock.advance(14_999);
  expect(second.result).toBe("waiting");
  client.wake();
  await clock.advance(25);
  expect(second.result).toBe("notified");
});

test("without news there is a heartbeat every fifteen seconds", async () => {
  const { clock, client } = opened();
  const woken = watch(client.woken());
  await clock.advance(15_000);
  expect(woken.result).toBe("heartbeat");
  expect(clock.timerCount()).toBe(0);
});

test("closing lets the loop go on at once, once, and leaves no timer behind", async () => {
  const { clock, client, written } = opened();
  const woken = watch(client.woken());
  client.close("shutting_down", "The gateway is stopping.");
  client.close("internal_error", "Twice.");
  await clock.settle();
  expect(woken.result).toBe("notified");
  expect(written).toEqual([
    'event: closing\ndata: {"code":"shutting_down","detail":"The gateway is stopping."}\n\n',
  ]);
  await clock.advance(5000);
  expect(clock.timerCount()).toBe(0);
});

test("a caller that left before the stream began frees its place, and is sent nothing", async () => {
  const { client, closed, written } = opened("gone");
  expect(closed).toEqual(["closed"]);
  expect(client.isOpen()).toBe(false);
  await client.send("batch");
  expect(written).toEqual([]);
});

test("a stream that is closed before it began is refused instead", () => {
  const { client, begin, written } = opened("not yet");
  client.close("shutting_down", "The gateway is stopping.");
  expect(begin).toThrow(/stopping/);
  expect(written).toEqual([]);
});
