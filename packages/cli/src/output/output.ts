/**
 * What a command says, and where: data on standard output, talk on standard error, so that
 * `ringdown … | jq` and `ringdown … > file` get the data and nothing else.
 *
 * Data is text on a terminal and one JSON object per line everywhere else (or with `--json`). Both
 * forms come from the same call, so that neither can forget what the other shows.
 */
import type { TerminalStream } from "../io.ts";
import { createStyle, type Style } from "./style.ts";

export type OutputFormat = "text" | "ndjson";

export type Output = {
  readonly format: OutputFormat;
  /** For text on standard output. */
  readonly style: Style;
  /** For talk. */
  readonly talkStyle: Style;
  /** The record, or its text: whichever the format asks for. An absent text shows nothing. */
  show(record: OutputRecord, text?: () => string): void;
  /** Text on standard output, whatever the format: files and scripts the command makes. */
  print(text: string): void;
  /** For people, on standard error; silent with `--quiet`. */
  talk(text: string): void;
  /** On standard error, also with `--quiet`. */
  warn(text: string): void;
  /** Resolves once standard output takes more. */
  drained(): Promise<void>;
};

/** `type` tells the kinds of records of one command apart. */
export type OutputRecord = { readonly type: string } & Readonly<Record<string, unknown>>;

export type OutputOptions = {
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly json: "always" | "when-piped";
  readonly colour: "auto" | "never";
  readonly talk: "all" | "warnings";
};

export function createOutput(options: OutputOptions): Output {
  const { stdout, stderr } = options;
  const isText = options.json === "when-piped" && stdout.isTTY === true;
  const write = (stream: TerminalStream, text: string): void => void stream.write(`${text}\n`);
  return {
    format: isText ? "text" : "ndjson",
    style: createStyle(stdout, options.colour),
    talkStyle: createStyle(stderr, options.colour),
    show(record, text) {
      if (!isText) write(stdout, JSON.stringify(record));
      else if (text !== undefined) write(stdout, text());
    },
    print: (text) => write(stdout, text),
    talk(text) {
      if (options.talk === "all") write(stderr, text);
    },
    warn: (text) => write(stderr, text),
    drained: () =>
      stdout.writableNeedDrain
        ? new Promise((resolve) => stdout.once("drain", () => resolve()))
        : Promise.resolve(),
  };
}
