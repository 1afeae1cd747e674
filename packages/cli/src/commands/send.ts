/**
 * `ringdown send`: one request of your own, to a source by its name or to any URL. The options are
 * curl's, so that a line from a provider's documentation works here.
 */
import type { Command } from "commander";
import { exchange } from "../exchange.ts";
import type { ExitName } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { showAnswer } from "../output/answer.ts";
import { readData } from "../read-input.ts";
import type { Perform, Session } from "../session.ts";
import { resolveTarget } from "../target.ts";
import { collect, parseDuration, parseHeader } from "../values.ts";

type SendOptions = {
  readonly data?: string;
  readonly header?: readonly string[];
  readonly request?: string;
  readonly timeout: string;
};

const EXAMPLES = `
Examples:
  ringdown send inbox -d '{"hello":"world"}'
  ringdown send stripe/eu?test=1 -d @event.json -H "Stripe-Signature: t=…"

Exit code 0: the answer was 2xx.`;

export function defineSend(command: Command, perform: Perform): void {
  command
    .argument("<source|url>", "a source's name, perhaps with a path below it, or a URL")
    .option("-d, --data <data>", "body; @file reads a file, @- standard input")
    .option("-H, --header <name: value>", "a header; may be repeated", collect)
    .option("-X, --request <method>", "method (default: POST)")
    .option("--timeout <duration>", "how long to wait for the answer", "30s")
    .addHelpText("after", EXAMPLES)
    .action((target: string, options: SendOptions) =>
      perform((session) => send(session, target, options)),
    );
}

async function send(session: Session, target: string, options: SendOptions): Promise<ExitName> {
  const { url } = await resolveTarget(session, target);
  const body = await readData(options.data ?? "", session.io);
  const headers = (options.header ?? []).map(parseHeader);
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  const method = parseMethod(options.request ?? "POST");
  const answer = await exchange({
    url,
    method,
    headers: hasType || body.length === 0 ? headers : [...headers, contentTypeOf(body)],
    body,
    timeoutMs: parseDuration(options.timeout),
  });
  return showAnswer(session.output, answer, { url: url.href, method, bodyBytes: body.length });
}

function parseMethod(text: string): string {
  if (/^[!#$%&'*+.^_`|~\w-]+$/.test(text)) return text;
  throw new CliError("usage", `"${text}" is not a method.`);
}

function contentTypeOf(body: Buffer): readonly [string, string] {
  try {
    JSON.parse(body.toString("utf8"));
    return ["Content-Type", "application/json"];
  } catch {
    return ["Content-Type", "application/octet-stream"];
  }
}
