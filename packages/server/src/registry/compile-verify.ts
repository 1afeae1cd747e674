/**
 * The `verify` block of a source to a verifier. Never fails open (I4): a provider that signs needs a
 * secret or the explicit word `none`, an empty secret is refused, and whatever is wrong is reported
 * instead of being left out.
 */
import {
  addressRecipe,
  apiKeyRecipe,
  basicRecipe,
  bearerRecipe,
  compileVerifier,
  genericRecipe,
  getProvider,
  noneRecipe,
  proofHeadersOf as proofHeadersOfRecipe,
  type Recipe,
  ReceiverError,
  type Verifier,
  type VerifierOptions,
} from "@ringdown/receiver";
import type { ConfigPath } from "../model/config-problem.ts";
import type {
  SourceSpec,
  TimestampSpec,
  VerifyScheme,
  VerifySpec,
} from "../model/source-schema.ts";
import { parseDuration } from "../model/units.ts";
import { asClause, type CompileDeps, type Report, resolveField } from "./compile-deps.ts";

type Verify = Verifier["verify"];

type Context = { readonly deps: CompileDeps; readonly report: Report };

/** `provider`: the scheme is what the provider does. */
type Scheme = VerifyScheme | "provider";

/** Nothing passes: what a source has while its verification is not usable. */
const refuseAll: Verify = () => ({
  status: "failed",
  reason: "wrong_secret_or_modified_body",
  message: "This configuration verifies nothing.",
  hint: "Use the configuration in force.",
});

export type CompiledVerify = {
  readonly verify: Verify;
  /** For handshakes whose answer is computed with a secret; absent where the source has none. */
  readonly secrets?: readonly string[];
  /** For handshakes that show it. */
  readonly handshakeToken?: string;
};

/** `undefined` after something was reported. */
export function compileVerify(spec: SourceSpec, context: Context): CompiledVerify | undefined {
  if (context.deps.purpose === "history") return { verify: refuseAll };
  const { verify } = spec;
  if (verify === undefined) return asCompiled(verifyNothing(spec, context.report));
  if (verify === "none") return { verify: compileVerifier(noneRecipe, []).verify };
  const scheme = schemeOf(spec, verify);
  if (!isFitting(spec, verify, { scheme, report: context.report })) return undefined;
  const secrets = secretsOf(verify, scheme, context);
  const handshakeToken =
    verify.handshakeToken === undefined
      ? undefined
      : resolveField(verify.handshakeToken, ["verify", "handshakeToken"], context);
  if (secrets === undefined) return undefined;
  const recipe = recipeOf(spec, verify, scheme);
  const compiled = asCompiled(buildVerifier(recipe, secrets, { verify, ...context }));
  return (
    compiled && { ...compiled, secrets, ...(handshakeToken !== undefined && { handshakeToken }) }
  );
}

function asCompiled(verify: Verify | undefined): CompiledVerify | undefined {
  return verify && { verify };
}

/** Without `verify`: fine for a sender of one's own, an omission for a provider that signs. */
function verifyNothing(spec: SourceSpec, report: Report): Verify | undefined {
  if (spec.provider === "generic") return compileVerifier(noneRecipe, []).verify;
  report(
    ["verify"],
    `${spec.provider} signs its requests: give verify.secret; "verify: none" accepts anybody's`,
    { at: "key" },
  );
  return undefined;
}

function schemeOf(spec: SourceSpec, verify: VerifySpec): Scheme {
  if (verify.scheme !== undefined) return verify.scheme;
  if (spec.provider !== "generic") return "provider";
  const isAddressOnly = Object.keys(verify).every((key) => key === "allow");
  return isAddressOnly && verify.allow !== undefined ? "address" : "hmac";
}

/** Parts of a recipe, which a provider brings itself. */
const RECIPE_KEYS = [
  "header",
  "prefix",
  "algorithm",
  "encoding",
  "key",
  "keyPrefix",
  "list",
  "signed",
  "idHeader",
  "timestamp",
] as const;

function isFitting(
  spec: SourceSpec,
  verify: VerifySpec,
  { scheme, report }: { readonly scheme: Scheme; readonly report: Report },
): boolean {
  if (spec.provider === "generic") return true;
  if (scheme === "hmac") {
    const message = `${spec.provider} has a scheme of its own; leave it out, or use provider generic`;
    report(["verify", "scheme"], message);
    return false;
  }
  const foreign =
    scheme === "provider" ? RECIPE_KEYS.filter((key) => verify[key] !== undefined) : [];
  for (const key of foreign) {
    report(
      ["verify", key],
      `is set by the provider ${spec.provider}; use provider generic to change it`,
      {
        at: "key",
      },
    );
  }
  return foreign.length === 0;
}

function recipeOf(spec: SourceSpec, verify: VerifySpec, scheme: Scheme): Recipe {
  switch (scheme) {
    case "provider":
      return getProvider(spec.provider).recipe;
    case "hmac":
      return hmacRecipe(verify);
    case "basic":
      return basicRecipe;
    case "bearer":
      return bearerRecipe;
    case "api-key":
      return apiKeyRecipe(verify.header ?? "x-api-key");
    case "address":
      return addressRecipe(verify.allow ?? []);
    case "none":
      return noneRecipe;
  }
}

/** Lower-case names of the headers in which senders prove themselves, for the source's scheme. */
export function proofHeadersOf(spec: SourceSpec): readonly string[] {
  const { verify } = spec;
  if (verify === undefined || verify === "none") {
    return proofHeadersOfRecipe(getProvider(spec.provider).recipe);
  }
  return proofHeadersOfRecipe(recipeOf(spec, verify, schemeOf(spec, verify)));
}

function hmacRecipe(verify: VerifySpec): Recipe {
  const { algorithm, encoding, key, keyPrefix, prefix, list, signed, idHeader, timestamp } = verify;
  return genericRecipe({
    header: verify.header ?? "x-signature",
    ...(algorithm !== undefined && { algorithm }),
    ...(encoding !== undefined && { encoding }),
    ...(key !== undefined && { key }),
    ...(keyPrefix !== undefined && { keyPrefix }),
    ...(prefix !== undefined && { prefix }),
    ...(list !== undefined && { list }),
    ...(signed !== undefined && { signed }),
    ...(idHeader !== undefined && { idHeader }),
    ...(timestamp !== undefined && { timestamp: timestampOptions(timestamp) }),
  });
}

function timestampOptions({ header, field, unit }: TimestampSpec) {
  return {
    ...(header !== undefined && { header }),
    ...(field !== undefined && { field }),
    ...(unit !== undefined && { unit }),
  };
}

/** Secrets as the scheme wants them; `undefined` after something was reported. */
function secretsOf(verify: VerifySpec, scheme: Scheme, context: Context): string[] | undefined {
  if (scheme === "address" || scheme === "none") return [];
  const { username, password } = verify;
  if (username !== undefined && password !== undefined) {
    const name = resolveField(username, ["verify", "username"], context);
    const word = resolveField(password, ["verify", "password"], context);
    return name === undefined || word === undefined ? undefined : [`${name}:${word}`];
  }
  return resolveSecrets(verify, ["verify"], context);
}

type SecretHolder = {
  readonly secret?: string | undefined;
  readonly token?: string | undefined;
  readonly secrets?: readonly string[] | undefined;
};

/**
 * One secret or a list. Of a list, references that stand for an empty text are left out
 * (`${env:OLD:-}` while no rotation is going on), as long as one secret remains.
 */
export function resolveSecrets(
  holder: SecretHolder,
  place: ConfigPath,
  context: Context,
): string[] | undefined {
  const single = holder.secret === undefined ? "token" : "secret";
  const text = holder[single];
  if (text !== undefined) {
    const secret = resolveField(text, [...place, single], context);
    return secret === undefined ? undefined : [secret];
  }
  const texts = holder.secrets ?? [];
  const resolved = texts.map((one, index) =>
    resolveField(one, [...place, "secrets", index], context),
  );
  if (resolved.includes(undefined)) return undefined;
  const secrets = resolved.filter((secret) => secret !== undefined && secret !== "") as string[];
  if (secrets.length > 0) return secrets;
  context.report(place, texts.length === 0 ? "needs a secret" : "all of its secrets are empty");
  return undefined;
}

function buildVerifier(
  recipe: Recipe,
  secrets: readonly string[],
  { verify, report }: Context & { readonly verify: VerifySpec },
): Verify | undefined {
  try {
    return compileVerifier(recipe, secrets, toleranceOption(verify.tolerance)).verify;
  } catch (error) {
    if (!(error instanceof ReceiverError)) throw error;
    report(["verify"], `${asClause(error.message)}: ${asClause(error.hint)}`);
    return undefined;
  }
}

function toleranceOption(tolerance: string | undefined): VerifierOptions {
  if (tolerance === undefined) return {};
  return { toleranceMs: tolerance === "off" ? "off" : (parseDuration(tolerance) ?? 0) };
}
