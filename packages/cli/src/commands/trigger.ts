/**
 * `ringdown trigger`: what a provider would send, correctly signed, so that the whole way from the
 * signature to the destination can be tried without the provider: its events, its handshakes, its
 * wrong signatures and its retries.
 */
import type { Recipe } from "@ringdown/receiver";
import { type Command, Option } from "commander";
import type { ExitName } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import type { Perform, Session } from "../session.ts";
import { parseSetValues } from "../set-values.ts";
import { resolveTarget, type SendTarget } from "../target.ts";
import type { Simulation } from "../trigger/simulation.ts";
import { checksSignatures, chooseSource, recipeOf, secretFor } from "../trigger/target.ts";
import { collect, parseDuration, parseWhole } from "../values.ts";

type TriggerOptions = {
  readonly list?: true;
  readonly handshake?: true;
  readonly probe?: true;
  readonly retries?: true;
  readonly newKey?: true;
  readonly to?: string;
  readonly secret?: string;
  readonly verifyToken?: string;
  readonly unsigned?: true;
  readonly set?: readonly string[];
  readonly id?: string;
  readonly count: string;
  readonly batch: string;
  readonly speed: string;
  readonly badSignature?: true;
  readonly timeout: string;
};

const EXAMPLES = `
Examples:
  ringdown trigger --list
  ringdown trigger stripe invoice.paid --to inbox
  ringdown trigger github push --to github --secret "$GITHUB_WEBHOOK_SECRET" --set ref=refs/heads/dev
  ringdown trigger stripe charge.refunded --to http://localhost:3000/webhooks --secret whsec_…
  ringdown trigger sendgrid delivered --batch 100 --secret "$(cat key.pem)"
  ringdown trigger slack --handshake
  ringdown trigger discord --probe --to http://localhost:3000/discord
  ringdown trigger zoom meeting.ended --retries --speed 10000

Without --secret it is taken from the environment variable that the source's configuration names;
a source that checks nothing needs none. Where the provider signs with a private key, the secret is a
private key of yours; --new-key makes one, and shows the public key to configure at the source.
Exit code 0: the answer was 2xx, or what the provider demands; 2: --handshake or --probe found that it
was not.`;

const MAX_COUNT = 100_000;
const MAX_BATCH = 1000;
const MAX_SPEED = 1_000_000_000;

/** Each is a way of its own to behave. */
const WAYS = ["list", "handshake", "probe", "retries", "newKey"];

function way(flags: string, description: string, name: string): Option {
  return new Option(flags, description).conflicts(WAYS.filter((other) => other !== name));
}

export function defineTrigger(command: Command, perform: Perform): void {
  command
    .argument("[provider]", "stripe, github, shopify, slack, …")
    .argument("[type]", "event type, as the provider spells it")
    .addOption(way("--list", "list what can be sent", "list"))
    .addOption(way("--handshake", "ask what the provider asks, and judge the answer", "handshake"))
    .addOption(way("--probe", "send a wrong signature, which has to be refused", "probe"))
    .addOption(way("--retries", "send again as the provider does, while refused", "retries"))
    .addOption(way("--new-key", "make a secret or a pair of keys to try with", "newKey"))
    .option("--to <source|url>", "where to (default: the source of this provider)")
    .option("--secret <secret>", "what to sign with")
    .option("--verify-token <token>", "of a handshake that has one (default: the secret)")
    .option("--unsigned", "send without a signature")
    .option("--set <path=value>", "change the body; may be repeated", collect)
    .option("--id <id>", "the event's id; the same one twice is a duplicate")
    .option("--count <n>", "how many events, one request each", "1")
    .option("--batch <n>", "how many events in one request, where the provider sends batches", "1")
    .option("--speed <factor>", "how much faster than the provider to send again", "1000")
    .option("--bad-signature", "sign with a wrong secret, to see it refused")
    .option("--timeout <duration>", "how long to wait for the answer", "30s")
    .addHelpText("after", EXAMPLES)
    .action((provider: string | undefined, type: string | undefined, options: TriggerOptions) =>
      perform((session) => trigger(session, { provider, type }, options)),
    );
}

type Wanted = { readonly provider: string | undefined; readonly type: string | undefined };

async function trigger(
  session: Session,
  wanted: Wanted,
  options: TriggerOptions,
): Promise<ExitName> {
  if (options.list === true) return list(session, wanted);
  const provider = await knownProvider(wanted.provider);
  if (options.newKey === true) {
    return (await import("../trigger/new-key.ts")).showNewKey(session.output, provider);
  }
  const simulation = await prepare(session, { provider, type: wanted.type }, options);
  const { id, verifyToken: token } = options;
  if (options.handshake === true) {
    const { performHandshakes } = await import("../trigger/handshakes.ts");
    return performHandshakes(simulation, { id, token });
  }
  if (options.probe === true) return (await import("../trigger/probe.ts")).probe(simulation);
  if (options.retries === true) {
    const { sendWithRetries } = await import("../trigger/retries.ts");
    const speed = parseWhole(options.speed, { min: 1, max: MAX_SPEED });
    return sendWithRetries(simulation, { id, speed });
  }
  const { sendSamples } = await import("../trigger/send-samples.ts");
  return sendSamples(simulation, {
    id,
    count: parseWhole(options.count, { min: 1, max: MAX_COUNT }),
  });
}

async function list(session: Session, { provider }: Wanted): Promise<ExitName> {
  const { listSamples } = await import("@ringdown/receiver/samples");
  const { listSampleNames } = await import("../trigger/list.ts");
  const isWanted = (name: string): boolean => provider === undefined || name === provider;
  return listSampleNames(
    session.output,
    listSamples().filter((one) => isWanted(one.provider)),
  );
}

/** @throws usage without one, and for one that there is not */
async function knownProvider(provider: string | undefined): Promise<string> {
  if (provider === undefined) throw notSaid();
  const { findProvider, listProviders } = await import("@ringdown/receiver");
  if (findProvider(provider) !== undefined) return provider;
  const start = provider.slice(0, 3);
  const similar = listProviders().filter(({ name }) => name.startsWith(start));
  const names = similar.map(({ name }) => name).join(", ");
  throw new CliError(
    "usage",
    `There is no provider "${provider}".${names === "" ? "" : ` Did you mean ${names}?`}`,
    "ringdown trigger --list",
  );
}

function notSaid(): CliError {
  return new CliError(
    "usage",
    "Say which provider and which event type.",
    "ringdown trigger --list",
  );
}

async function prepare(
  session: Session,
  { provider, type }: { readonly provider: string; readonly type: string | undefined },
  options: TriggerOptions,
): Promise<Simulation> {
  const sampleType = type ?? (await usualType(provider, options));
  const overrides = parseSetValues(options.set ?? []);
  const target = await resolveTarget(
    session,
    options.to ?? (await chooseSource(session, provider)),
  );
  const recipe = await recipeFor(target, provider, options);
  const given = options.secret;
  return {
    session,
    provider,
    type: sampleType,
    target,
    recipe,
    secret:
      options.badSignature === true
        ? await wrongSecret(recipe)
        : await secretFor(session, target, { given, recipe }),
    overrides,
    batch: parseWhole(options.batch, { min: 1, max: MAX_BATCH }),
    timeoutMs: parseDuration(options.timeout),
  };
}

/** A handshake and a probe need no type; the first sample will do. */
async function usualType(provider: string, options: TriggerOptions): Promise<string> {
  if (options.handshake !== true && options.probe !== true) throw notSaid();
  const { listSamples } = await import("@ringdown/receiver/samples");
  return listSamples().find((one) => one.provider === provider)?.type ?? "";
}

/**
 * The provider's own, the source's, or none: where the person wants none, and where only the provider
 * could sign but nothing is checked.
 */
async function recipeFor(
  target: SendTarget,
  provider: string,
  options: TriggerOptions,
): Promise<Recipe> {
  const { getProvider, noneRecipe } = await import("@ringdown/receiver");
  const { signsAtProviderOnly } = await import("@ringdown/receiver/samples");
  const { recipe, title } = getProvider(provider);
  if (options.unsigned === true) return noneRecipe;
  if (!signsAtProviderOnly(recipe)) return (await recipeOf(target, provider)) ?? recipe;
  if (target.source !== undefined && !checksSignatures(target.source)) return noneRecipe;
  throw new CliError(
    "usage",
    `Only ${title} itself can sign: receivers fetch the key from its own host.`,
    "Send to a source with `verify: none`, or add --unsigned.",
  );
}

/** Of the right shape, so that it is the signature that is wrong. */
async function wrongSecret(recipe: Recipe): Promise<string> {
  const { newSampleSecret } = await import("@ringdown/receiver/samples");
  return newSampleSecret(recipe).secret;
}
