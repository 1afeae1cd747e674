/**
 * `ringdown verify`: checks the signature of a captured request and explains, step by step, what was
 * found. Needs no server: the request and the secret are given.
 */
import type { Explanation, Recipe } from "@ringdown/receiver";
import { type Command, Option } from "commander";
import type { ExitName } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import type { Output } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { formatCount } from "../output/units.ts";
import { parseRawRequest, type RawRequest } from "../raw-request.ts";
import { readInput } from "../read-input.ts";
import type { Perform, Session } from "../session.ts";
import { collect, parseTime } from "../values.ts";

type VerifyOptions = {
  readonly provider: string;
  readonly secret: readonly string[];
  readonly at?: string;
  readonly url?: string;
  readonly header?: string;
  readonly prefix?: string;
  readonly algorithm?: "sha1" | "sha256" | "sha512";
  readonly encoding?: "hex" | "base64";
  readonly signed?: string;
  readonly timestampHeader?: string;
};

const EXAMPLES = `
The request is a request line, headers, an empty line and the body, as bytes:
  ringdown verify --provider stripe --secret "$STRIPE_WHSEC" < request.http

Exit code 0: it verifies; 2: it does not.`;

export function defineVerify(command: Command, perform: Perform): void {
  command
    .argument("[file]", "the captured request; - is standard input", "-")
    .requiredOption("--provider <name>", "stripe, github, shopify, slack, generic, …")
    .requiredOption("--secret <secret>", "signing secret; repeat it while rotating", collect)
    .option("--at <time>", "check as of this time, for an old capture")
    .option("--url <url>", "the URL the provider posts to, where it is signed")
    .optionsGroup("With --provider generic:")
    .option("--header <name>", "where the signature is (default: x-signature)")
    .option("--prefix <text>", "what stands before the signature")
    .addOption(
      new Option("--algorithm <name>", "HMAC algorithm").choices(["sha1", "sha256", "sha512"]),
    )
    .addOption(new Option("--encoding <name>", "of the signature").choices(["hex", "base64"]))
    .option("--signed <template>", "what is signed, such as {timestamp}.{body}")
    .option("--timestamp-header <name>", "where the signed timestamp is")
    .addHelpText("after", EXAMPLES)
    .action((file: string, options: VerifyOptions) =>
      perform((session) => verify(session, file, options)),
    );
}

async function verify(session: Session, file: string, options: VerifyOptions): Promise<ExitName> {
  const { explain, headersFromRaw } = await import("@ringdown/receiver");
  const recipe = await recipeFor(options);
  const request = parseRawRequest(await readCapture(session, file));
  const { nowMs } = session.io;
  const explanation = explain(recipe, options.secret, {
    method: request.method,
    url: options.url ?? request.target,
    headers: headersFromRaw(request.headers),
    body: request.body,
    nowMs: options.at === undefined ? nowMs() : Date.parse(parseTime(options.at, nowMs())),
  });
  remarkOnLength(session.output, request);
  show(session.output, explanation);
  return explanation.result.status === "failed" ? "no" : "done";
}

async function readCapture({ io, output }: Session, file: string): Promise<Buffer> {
  if (file === "-" && io.stdin.isTTY === true) {
    output.talk("Paste the request (request line, headers, empty line, body), then Ctrl-D.");
  }
  return readInput(file, io);
}

async function recipeFor(options: VerifyOptions): Promise<Recipe> {
  const { genericRecipe, getProvider } = await import("@ringdown/receiver");
  const provider = getProvider(options.provider);
  if (provider.name !== "generic") {
    refuseGenericOptions(options);
    return provider.recipe;
  }
  const { header = "x-signature", prefix, algorithm, encoding, signed, timestampHeader } = options;
  return genericRecipe({
    header,
    ...(prefix === undefined ? {} : { prefix }),
    ...(algorithm === undefined ? {} : { algorithm }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(signed === undefined ? {} : { signed }),
    ...(timestampHeader === undefined ? {} : { timestamp: { header: timestampHeader } }),
  });
}

/** They would be ignored, and the answer would be about something else than what was asked. */
function refuseGenericOptions(options: VerifyOptions): void {
  const { header, prefix, algorithm, encoding, signed, timestampHeader } = options;
  const given = [header, prefix, algorithm, encoding, signed, timestampHeader];
  if (given.every((option) => option === undefined)) return;
  throw new CliError(
    "usage",
    `${options.provider} has a recipe of its own; the options of a recipe need --provider generic.`,
  );
}

function remarkOnLength(output: Output, request: RawRequest): void {
  if (request.surplusBytes > 0) {
    const surplus = formatCount(request.surplusBytes, "byte");
    output.talk(`${surplus} after the end that content-length names left out.`);
  }
  if (request.missingBytes > 0) {
    const missing = formatCount(request.missingBytes, "byte");
    output.warn(`The capture is ${missing} shorter than content-length says.`);
  }
}

const TITLE_WIDTH = 12;

function show(output: Output, explanation: Explanation): void {
  const { result, steps, matchesIf } = explanation;
  output.show({ type: "verification", ...result, steps, matchesIf }, () => {
    const { style } = output;
    const marks = { ok: style.good("✓"), failed: style.bad("✗"), info: style.faint("·") };
    const lines = steps.map(
      ({ outcome, title, detail }) =>
        `${marks[outcome]} ${style.strong(title.padEnd(TITLE_WIDTH))}${printable(detail)}`,
    );
    const hints = matchesIf.map(
      ({ condition, secretIndex }) =>
        `${style.warn("→")} It matches if ${printable(condition)} (secret ${String(secretIndex + 1)}).`,
    );
    return [...lines, ...hints].join("\n");
  });
}
