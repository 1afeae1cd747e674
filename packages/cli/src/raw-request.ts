/**
 * Reads a captured HTTP request: a request line, headers, an empty line, and the body as the bytes
 * it had. Line ends may be CRLF or LF, since captures pass through editors; the body is not touched.
 *
 * A head without a request line is read as a POST: people often paste only the headers.
 */
import { CliError } from "./failure.ts";

export type RawRequest = {
  readonly method: string;
  /** As in the request line: path and query. */
  readonly target: string;
  /** Name, value, name, value … in their order and spelling. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  /** Bytes beyond `content-length`, which are not part of the body. */
  readonly surplusBytes: number;
  /** Bytes that `content-length` promises and the capture lacks. */
  readonly missingBytes: number;
};

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/;

/** @throws data when it is not an HTTP request */
export function parseRawRequest(bytes: Buffer): RawRequest {
  const end = endOfHead(bytes);
  // Latin-1 keeps every byte of a header value, whatever its encoding was.
  const lines = bytes.subarray(0, end.head).toString("latin1").split(/\r?\n/);
  const start = REQUEST_LINE.exec(lines[0] ?? "");
  const headers = (start === null ? lines : lines.slice(1)).flatMap((line, at) =>
    readHeader(line, at + (start === null ? 1 : 2)),
  );
  const rest = bytes.subarray(end.body);
  const length = contentLengthOf(headers) ?? rest.length;
  return {
    method: start?.[1] ?? "POST",
    target: start?.[2] ?? "/",
    headers,
    body: rest.subarray(0, length),
    surplusBytes: Math.max(0, rest.length - length),
    missingBytes: Math.max(0, length - rest.length),
  };
}

function endOfHead(bytes: Buffer): { readonly head: number; readonly body: number } {
  const ends = ["\r\n\r\n", "\n\n"].map((mark) => ({ at: bytes.indexOf(mark), size: mark.length }));
  const [first] = ends.filter(({ at }) => at !== -1).toSorted((a, b) => a.at - b.at);
  if (first === undefined) {
    throw new CliError(
      "data",
      "This is not a whole HTTP request: no empty line ends its headers.",
      "Give the request line, the headers, an empty line, and the body.",
    );
  }
  return { head: first.at, body: first.at + first.size };
}

function readHeader(line: string, lineNumber: number): readonly string[] {
  const parts = HEADER_LINE.exec(line);
  if (parts === null) {
    throw new CliError("data", `Line ${String(lineNumber)} is not a header: "${line}".`);
  }
  return [parts[1] ?? "", parts[2] ?? ""];
}

function contentLengthOf(headers: readonly string[]): number | undefined {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const isLength = headers[at]?.toLowerCase() === "content-length";
    if (isLength && /^\d+$/.test(headers[at + 1] ?? "")) return Number(headers[at + 1]);
  }
  return undefined;
}
