/**
 * `ringdown trigger`: an event as a provider would send it, correctly signed, so that the whole way
 * from the signature to the destination can be tried without the provider.
 */
import type { Recipe } from "@ringdown/receiver";
import type { SampleName, SampleRequest } from "@ringdown/receiver/samples";
import type { Command } from "commander";
import { randomUUID } from "node:crypto";
import { exchange } from "../exchange.ts";
import type { ExitName } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { showAnswer } from "../output/answer.ts";
import type { Output } from "../output/output.ts";
import type { Perform, Session } from "../session.ts";
import { parseSetValues } from "../set-values.ts";
import { resolveTarget, type SendTarget } from "../target.ts";
import { chooseSource, recipeOf, secretFor } from "../trigger-target.ts";
import { collect, parseDuration } from "../values.ts";

type TriggerOptions = {
  readonly list?: true;
  readonly to?: string;
  readonly secret?: string;
  readonly set?: readonly string[];
  readonly id?: string;
  readonly badSignature?: true;
  readonly timeout: string;
};

const EXAMPLES = `
Examples:
  ringdown trigger --list
  ringdown trigger stripe invoice.paid --to inbox
  ringdown trigger github push --to github --secret "$GITHUB_WEBHOOK_SECRET" --set ref=refs/heads/dev
  ringdown trigger stripe charge.refunded --to http://localhost:3000/webhooks --secret whsec_…

Without --secret it is taken from the environment variable that the source's configuration names;
a source that checks nothing needs none. Exit code 0: the answer was 2xx.`;

export function defineTrigger(command: Command, perform: Perform): void {
  command
    .argument("[provider]", "stripe, github, shopify, slack, …")
    .argument("[type]", "event type, as the provider spells it")
    .option("--list", "list what can be sent")
    .option("--to <source|url>", "where to (default: the source of this provider)")
    .option("--secret <secret>", "what to sign with")
    .option("--set <path=value>", "change the body; may be repeated", collect)
    .option("--id <id>", "the event's id; the same one twice is a duplicate")
    .option("--bad-signature", "sign with a wrong secret, to see it refused")
    .option("--timeout <duration>", "how long to wait for the answer", "30s")
    .addHelpText("after", EXAMPLES)
    .action((provider: string | undefined, type: string | undefined, options: TriggerOptions) =>
      perform((session) => trigger(session, { provider, type }, options)),
    );
}

async function trigger(
  session: Session,
  wanted: { readonly provider: string | undefined; readonly type: string | undefined },
  options: TriggerOptions,
): Promise<ExitName> {
  const { listSamples } = await import("@ringdown/receiver/samples");
  const { provider, type } = wanted;
  const samples = listSamples().filter(
    (one) => provider === undefined || one.provider === provider,
  );
  if (options.list === true) return list(session.output, samples);
  if (provider === undefined || type === undefined) {
    throw new CliError(
      "usage",
      "Say which provider and which event type.",
      "ringdown trigger --list",
    );
  }
  const { recipe, secret, target } = await prepare(session, provider, options);
  const request = await makeRequest(session, { provider, type, secret, recipe, target, options });
  const answer = await exchange({
    url: target.url,
    method: request.method,
    headers: Object.entries(request.headers),
    body: request.body,
    timeoutMs: parseDuration(options.timeout),
  });
  const sent = { url: target.url.href, provider, eventType: type, bodyBytes: request.body.length };
  return showAnswer(session.output, answer, sent);
}

function list(output: Output, samples: readonly SampleName[]): ExitName {
  for (const { provider, type } of samples) {
    output.show({ type: "sample", provider, eventType: type }, () => `${provider} ${type}`);
  }
  return "done";
}

type Prepared = {
  readonly target: SendTarget;
  readonly secret: string;
  readonly recipe: Recipe | undefined;
};

async function prepare(
  session: Session,
  provider: string,
  options: TriggerOptions,
): Promise<Prepared> {
  const { getProvider } = await import("@ringdown/receiver");
  getProvider(provider);
  const target = await resolveTarget(
    session,
    options.to ?? (await chooseSource(session, provider)),
  );
  const secret = await secretFor(session, target, options.secret);
  return { target, secret, recipe: await recipeOf(target, provider) };
}

async function makeRequest(
  session: Session,
  call: Prepared & { provider: string; type: string; options: TriggerOptions },
): Promise<SampleRequest> {
  const { generateSecret } = await import("@ringdown/receiver");
  const { makeSampleRequest } = await import("@ringdown/receiver/samples");
  const { provider, type, secret, recipe, target, options } = call;
  return makeSampleRequest({
    provider,
    type,
    secret: options.badSignature === true ? generateSecret() : secret,
    nowMs: session.io.nowMs(),
    id: options.id ?? randomUUID(),
    overrides: parseSetValues(options.set ?? []),
    url: target.url.href,
    ...(recipe === undefined ? {} : { recipe }),
  });
}
