import fc from "fast-check";
import { expect, test } from "vitest";
import { readServerSentEvents, type ServerSentEvent } from "./server-sent-events.ts";

async function read(...chunks: readonly (string | Uint8Array)[]): Promise<ServerSentEvent[]> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) {
      yield typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    }
  }
  const events: ServerSentEvent[] = [];
  for await (const event of readServerSentEvents(bytes())) events.push(event);
  return events;
}

test("an event has a type, data and the last id", async () => {
  expect(await read("event: request\nid: 1.2\ndata: {}\n\ndata: x\n\n")).toEqual([
    { type: "request", data: "{}", lastEventId: "1.2" },
    { type: "message", data: "x", lastEventId: "1.2" },
  ]);
});

test.each(["\n", "\r\n", "\r"])("lines may end in %j", async (end) => {
  const text = ["data: a", "data: b", "", "data: c", "", ""].join(end);
  expect((await read(text)).map(({ data }) => data)).toEqual([
    "a\nb",
    ...(end === "\r" ? [] : ["c"]),
  ]);
  expect((await read(`${text}data`)).map(({ data }) => data)).toEqual(["a\nb", "c"]);
});

test("what a chunk ends in does not matter", async () => {
  const text =
    "\uFEFFretry: 5\nid: 7\n\n: comment\r\nevent: é\r\ndata: 𝄞 ü\r\ndata\r\ndata:  two\r\n\r\ndata: z\r\r";
  const bytes = new TextEncoder().encode(`${text}\n`);
  const whole = await read(bytes);
  expect(whole.map(({ data }) => data)).toEqual(["", "𝄞 ü\n\n two", "z"]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: bytes.length })), async (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
      expect(await read(...chunks)).toEqual(whole);
    }),
  );
});

test("an id without data moves the position; a NUL in it does not", async () => {
  const events = await read("id: 1\n\nid: 2\0\n\nid\ndata: x\n\n");
  expect(events).toEqual([
    { type: "message", data: "", lastEventId: "1" },
    { type: "message", data: "x", lastEventId: "" },
  ]);
});

test("only digits are a retry time", async () => {
  const events = await read("retry: 10\n\nretry: 1e3\n\nretry: -1\n\n");
  expect(events).toMatchObject([{ retryMs: 10 }]);
});

test("what no blank line completes is dropped", async () => {
  expect(await read("data: whole\n\ndata: cut", " off\nid: 9\n")).toMatchObject([
    { data: "whole" },
  ]);
});

test("a line without an end does not take all memory", async () => {
  const megabyte = new Uint8Array(1024 * 1024).fill(97);
  await expect(read(...Array.from({ length: 20 }, () => megabyte))).rejects.toThrow(RangeError);
});
