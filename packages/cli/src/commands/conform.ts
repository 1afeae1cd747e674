/**
 * `ringdown conform`: whether a receiver of one's own does with a provider's requests what it should,
 * good ones and bad ones. About fifty small requests; a few seconds.
 */
import type { SampleName } from "@ringdown/receiver/samples";
import type { Command } from "commander";
import { writeFile } from "node:fs/promises";
import type { Bench, Verdict } from "../conform/case.ts";
import { forgedCases } from "../conform/cases-forged.ts";
import { genuineCases } from "../conform/cases-genuine.ts";
import type { CaseResult } from "../conform/report.ts";
import type { ExitName } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import type { Output } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { formatCount } from "../output/units.ts";
import type { Perform, Session } from "../session.ts";
import { isHttp, parseDuration } from "../values.ts";

type ConformOptions = {
  readonly provider: string;
  readonly type?: string;
  readonly secret: string;
  readonly effects?: string;
  readonly junit?: string;
  readonly timeout: string;
};

const NOTES = `
Examples:
  ringdown conform http://localhost:3000/webhooks/stripe --provider stripe --secret "$STRIPE_WHSEC"
  ringdown conform http://localhost:3000/hooks --provider github --secret "$SECRET" --junit conform.xml
  ringdown conform … --effects http://localhost:3000/orders/count

It sends genuine events, duplicates, reordered, slow, broken-off and large ones, which must be taken, and
forged, changed, unsigned, stale and future ones, which must be refused. --effects is a URL that answers
with a number: how often the receiver has acted so far; with it, acting twice on a duplicate is noticed.

When even a genuine request is refused, it stops there: the secret is wrong, or the receiver not ready.

Exit code 0: everything passed (warnings allowed); 2: something failed.`;

export function defineConform(command: Command, perform: Perform): void {
  command
    .argument("<url>", "the receiver to try")
    .requiredOption("--provider <name>", "whose requests to send: stripe, github, …")
    .requiredOption("--secret <secret>", "what the receiver verifies with")
    .option("--type <type>", "event type to send (default: the provider's first)")
    .option("--effects <url>", "answers with the number of times the receiver has acted")
    .option("--junit <file>", "write the results as JUnit XML too")
    .option("--timeout <duration>", "how long to wait for an answer", "30s")
    .addHelpText("after", NOTES)
    .action((url: string, options: ConformOptions) =>
      perform((session) => conform(session, url, options)),
    );
}

/** A receiver that refuses even this can be judged in nothing else. */
const FIRST = "genuine";

async function conform(session: Session, url: string, options: ConformOptions): Promise<ExitName> {
  const bench = await createBench(session, { url: parseUrl(url), options });
  const results: CaseResult[] = [];
  for (const { name, title, run } of [...genuineCases, ...forgedCases]) {
    const startedMs = performance.now();
    const verdict = await run(bench);
    const result = { name, title, ...verdict, durationMs: performance.now() - startedMs };
    results.push(result);
    show(session.output, result);
    if (name === FIRST && result.outcome === "failed") break;
  }
  if (options.junit !== undefined) {
    const { formatJunit } = await import("../conform/report.ts");
    await writeFile(options.junit, formatJunit(`ringdown conform ${options.provider}`, results));
  }
  return summarise(session.output, results);
}

async function createBench(
  { io }: Session,
  { url, options }: { readonly url: URL; readonly options: ConformOptions },
): Promise<Bench> {
  const { getProvider } = await import("@ringdown/receiver");
  const { listSamples } = await import("@ringdown/receiver/samples");
  const { createForge, toleranceOf } = await import("../conform/forge.ts");
  const { deliver } = await import("../conform/send.ts");
  const provider = getProvider(options.provider);
  const type = options.type ?? firstTypeOf(listSamples(), provider.name);
  const timeoutMs = parseDuration(options.timeout);
  const toleranceMs = toleranceOf(provider.recipe);
  const nowMs = (): number => io.nowMs();
  const effectsUrl = options.effects === undefined ? undefined : parseUrl(options.effects);
  return {
    provider,
    nowMs,
    forge: createForge({ provider, type, secret: options.secret, url, nowMs }),
    send: (sample, manner = "whole") => deliver({ url, sample, timeoutMs, manner }),
    ...(toleranceMs !== undefined && { toleranceMs }),
    ...(effectsUrl !== undefined && { effects: () => readCount(effectsUrl, timeoutMs) }),
  };
}

function firstTypeOf(samples: readonly SampleName[], provider: string): string {
  const sample = samples.find((one) => one.provider === provider);
  if (sample !== undefined) return sample.type;
  throw new CliError("usage", `There are no samples of ${provider}.`, "ringdown trigger --list");
}

/** A number alone, or `{"count": 3}`. */
async function readCount(url: URL, timeoutMs: number): Promise<number> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  const text = await answer.text();
  const count = Number(/^\s*(?:\{\s*"count"\s*:\s*)?(\d{1,15})\s*\}?\s*$/.exec(text)?.[1]);
  if (answer.ok && Number.isSafeInteger(count)) return count;
  throw new CliError(
    "data",
    `${url.href} does not answer with a number (${String(answer.status)}).`,
    'Answer with a number alone, or with {"count": 3}.',
  );
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && isHttp(url)) return url;
  throw new CliError("usage", `"${text}" is not an http:// or https:// URL.`);
}

const SIGNS = { passed: "✓", warned: "!", failed: "✗", not_applicable: "-" } as const;

function show(output: Output, result: CaseResult): void {
  output.show({ type: "case", ...result }, () => {
    const { style } = output;
    const paint = {
      passed: style.good,
      warned: style.warn,
      failed: style.bad,
      not_applicable: style.faint,
    }[result.outcome];
    const detail = printable(result.detail);
    const line = `${paint(SIGNS[result.outcome])} ${result.title}`;
    const isLoud = result.outcome === "failed" || result.outcome === "warned";
    return isLoud ? `${line}\n    ${detail}` : `${line}  ${style.faint(detail)}`;
  });
}

function summarise(output: Output, results: readonly CaseResult[]): ExitName {
  const count = (outcome: Verdict["outcome"]): number =>
    results.filter((result) => result.outcome === outcome).length;
  const counts = {
    passedCount: count("passed"),
    warnedCount: count("warned"),
    failedCount: count("failed"),
    notApplicableCount: count("not_applicable"),
  };
  output.show({ type: "result", ...counts }, () => {
    const parts = [
      `${formatCount(counts.passedCount, "case")} passed`,
      ...(counts.warnedCount > 0 ? [formatCount(counts.warnedCount, "warning")] : []),
      ...(counts.failedCount > 0 ? [`${String(counts.failedCount)} failed`] : []),
      ...(counts.notApplicableCount > 0
        ? [`${String(counts.notApplicableCount)} not applicable`]
        : []),
    ];
    return parts.join(", ");
  });
  return counts.failedCount === 0 ? "done" : "no";
}
