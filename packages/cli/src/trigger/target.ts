/** What a sample needs to know about where it goes: which source, its recipe, its secret. */
import type { Source } from "@ringdown/client";
import type { Recipe } from "@ringdown/receiver";
import { CliError } from "../failure.ts";
import type { Session } from "../session.ts";
import { listSources, type SendTarget } from "../target.ts";

/** The source of this provider, or the only one there is. @throws usage when that is not clear */
export async function chooseSource(session: Session, provider: string): Promise<string> {
  const sources = await listSources(session);
  const fitting = sources.filter((source) => source.provider === provider);
  const candidates = fitting.length > 0 ? fitting : sources;
  const [only, ...others] = candidates;
  if (only !== undefined && others.length === 0) return only.name;
  const names = candidates.map(({ name }) => name).join(", ");
  throw new CliError(
    "usage",
    only === undefined ? "There are no sources." : `There are several sources: ${names}.`,
    "Say which with --to <source>, or give a URL.",
  );
}

/** A generic source has a recipe of its own; `undefined`: the provider's. */
export async function recipeOf(
  { source }: SendTarget,
  provider: string,
): Promise<Recipe | undefined> {
  if (provider !== "generic" || source === undefined || !checksSignatures(source)) return undefined;
  const { genericRecipe } = await import("@ringdown/receiver");
  const verify = typeof source.verify === "object" ? source.verify : {};
  const { header = "x-signature", prefix, algorithm, encoding, key, keyPrefix } = verify;
  const { list, signed, idHeader, timestamp } = verify;
  const options = {
    prefix,
    algorithm,
    encoding,
    key,
    keyPrefix,
    list,
    signed,
    idHeader,
    timestamp,
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return genericRecipe({ header, ...Object.fromEntries(given) });
}

/**
 * The secret to sign with: the one given, or the one that the source's configuration refers to, if
 * this environment has it. Where nothing is checked, any will do.
 */
export async function secretFor(
  { io, output }: Session,
  { source }: SendTarget,
  { given, recipe }: { readonly given: string | undefined; readonly recipe: Recipe },
): Promise<string> {
  const { newSampleSecret, signsWithPrivateKey } = await import("@ringdown/receiver/samples");
  if (given !== undefined) return given;
  if (source !== undefined && checksSignatures(source)) {
    if (signsWithPrivateKey(recipe)) throw privateKeyNeeded(source);
    const value = valueOf(source.verify, io.env);
    if (value !== undefined) return value;
    const name = referencesIn(source.verify)[0]?.name ?? "SECRET";
    throw new CliError(
      "usage",
      `The source "${source.name}" checks signatures, and its secret is not known here.`,
      `Give it: --secret "$${name}"`,
    );
  }
  if (source === undefined && recipe.scheme !== "none") {
    output.talk("No --secret: signed with a made-up one.");
  }
  return newSampleSecret(recipe).secret;
}

/** The source has a public key, which signs nothing. */
function privateKeyNeeded({ name, provider }: Source): CliError {
  return new CliError(
    "usage",
    `The source "${name}" checks signatures with a public key; give the private one: --secret "$(cat key.pem)"`,
    `Make a pair of your own with: ringdown trigger ${provider ?? ""} --new-key`,
  );
}

export function checksSignatures({ provider, verify }: Source): boolean {
  if (verify === "none") return false;
  if (verify === undefined) return provider !== undefined && provider !== "generic";
  return verify.scheme === undefined || verify.scheme === "hmac";
}

type Reference = { readonly name: string; readonly fallback: string };

/** The first secret that this environment has; of basic authentication name and password. */
function valueOf(verify: Source["verify"], env: Session["io"]["env"]): string | undefined {
  if (typeof verify !== "object") return undefined;
  const resolve = (text: string | undefined): string | undefined => {
    const reference = referenceIn(text);
    return reference && (env[reference.name] || reference.fallback || undefined);
  };
  const { username, password, secret, secrets = [] } = verify;
  const pair = [resolve(username) ?? username, resolve(password)];
  if (username !== undefined && pair[1] !== undefined) return pair.join(":");
  return [secret, ...secrets].map(resolve).find((value) => value !== undefined);
}

function referencesIn(verify: Source["verify"]): readonly Reference[] {
  if (typeof verify !== "object") return [];
  const texts = [verify.secret, ...(verify.secrets ?? []), verify.password];
  return texts.map(referenceIn).filter((one) => one !== undefined);
}

/** A secret that is exactly `${env:NAME}` or `${env:NAME:-default}`. */
function referenceIn(text: string | undefined): Reference | undefined {
  const parts = /^\$\{env:([A-Za-z_]\w*)(?::-(.*))?\}$/.exec(text ?? "");
  return parts === null ? undefined : { name: parts[1] ?? "", fallback: parts[2] ?? "" };
}
