/**
 * Reads Server-Sent Events from bytes.
 *
 * Chunks end anywhere: within a line, within a character, between CR and LF. Only what a blank line
 * completes is an event; what a broken connection cut off is dropped, as a browser does, and is sent
 * again after the last id that was seen.
 *
 * Source: HTML standard, "Interpreting an event stream".
 */
export type ServerSentEvent = {
  /** "message" when none was given. */
  readonly type: string;
  readonly data: string;
  /** The last id seen so far; "" before any. An event without data moves it too. */
  readonly lastEventId: string;
  /** How long to wait before connecting again, if this event said so. */
  readonly retryMs?: number;
};

/** An event that never ends must not take all memory. */
const LONGEST_EVENT = 16 * 1024 * 1024;

/** Events with data, and those that only change the id or the retry time (with `data` ""). */
export async function* readServerSentEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  let lastEventId = "";
  let fields = noFields();
  for await (const line of readLines(chunks)) {
    if (line !== "") {
      addField(fields, line);
      continue;
    }
    lastEventId = fields.id ?? lastEventId;
    const { type, data, retryMs } = fields;
    if (data.length > 0 || fields.id !== undefined || retryMs !== undefined) {
      yield {
        type: type === "" ? "message" : type,
        data: data.join("\n"),
        lastEventId,
        ...(retryMs === undefined ? {} : { retryMs }),
      };
    }
    fields = noFields();
  }
}

type Fields = { type: string; data: string[]; id?: string; retryMs?: number };

function noFields(): Fields {
  return { type: "", data: [] };
}

function addField(fields: Fields, line: string): void {
  const colon = line.indexOf(":");
  const name = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
  if (name === "data") fields.data.push(value);
  else if (name === "event") fields.type = value;
  else if (name === "id" && !value.includes("\0")) fields.id = value;
  else if (name === "retry" && /^\d{1,9}$/.test(value)) fields.retryMs = Number(value);
}

/** Lines without their end: LF, CR or CR LF. What has no end is not yielded. */
async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // The decoder drops a byte order mark at the beginning, as the standard wants.
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > LONGEST_EVENT) throw new RangeError("a line of the stream is too long");
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(rest);
      if (end === null) break;
      yield rest.slice(0, end.index);
      rest = rest.slice(end.index + end[0].length);
    }
  }
}
