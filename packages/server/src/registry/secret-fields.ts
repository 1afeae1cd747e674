/**
 * Which fields of a resource are secrets, and how they are shown, compared and put back (I8).
 *
 * A secret field holds a reference, which is shown as it is, or the secret itself, which is shown as
 * a mask: `••••abcd` with the last four characters of a long one, `••••` for a short one. A mask
 * that is sent back stands for the secret it was made from.
 */
import type { ConfigPath, ConfigProblem } from "../model/config-problem.ts";
import { hasReference } from "../model/reference.ts";
import type { ResourceKind } from "../model/registry.ts";

/** A resource as written: plain data that has passed its schema. */
export type Spec = Readonly<Record<string, unknown>>;

const MASK = "••••";

/** Secrets from this length on show their end: enough stays hidden to be useless. */
const SHOWN_FROM_LENGTH = 20;
const SHOWN_CHARACTERS = 4;

const VERIFY_FIELDS = ["secret", "password", "token", "handshakeToken"] as const;

/** Headers that usually carry a credential. */
const CREDENTIAL_HEADER =
  /^(?:authorization|cookie)$|(?:^|-)(?:auth|token|secret|password|apikey)(?:-|$)|(?:api|access|auth|private)-key(?:-|$)/i;

export function isCredentialHeader(name: string): boolean {
  return CREDENTIAL_HEADER.test(name);
}

/** Where a resource of this kind keeps secrets. */
export function secretPaths(kind: ResourceKind, spec: Spec): readonly ConfigPath[] {
  if (kind === "sources") {
    const verify = childOf(spec, "verify");
    return [
      ...VERIFY_FIELDS.map((field) => ["verify", field] as const),
      ...listPaths(["verify", "secrets"], childOf(verify, "secrets")),
    ].filter((path) => typeof valueAt(spec, path) === "string");
  }
  if (kind === "routes") return [];
  const sign = childOf(spec, "sign");
  const headers = Object.keys(asRecord(childOf(spec, "headers"))).filter(isCredentialHeader);
  return [
    ["sign", "secret"],
    ...listPaths(["sign", "secrets"], childOf(sign, "secrets")),
    ...headers.map((name) => ["headers", name]),
  ].filter((path) => typeof valueAt(spec, path) === "string");
}

function listPaths(path: ConfigPath, list: unknown): ConfigPath[] {
  return Array.isArray(list) ? list.map((_, index) => [...path, index]) : [];
}

function asRecord(value: unknown): Spec {
  return typeof value === "object" && value !== null ? (value as Spec) : {};
}

function childOf(value: unknown, key: string): unknown {
  const record = asRecord(value);
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function valueAt(spec: Spec, path: ConfigPath): unknown {
  let value: unknown = spec;
  for (const step of path) value = childOf(value, String(step));
  return value;
}

/** With every secret as `change` makes it; the given one is left as it is. */
export function mapSecrets(
  kind: ResourceKind,
  spec: Spec,
  change: (secret: string, path: ConfigPath) => string,
): Spec {
  const paths = secretPaths(kind, spec);
  if (paths.length === 0) return spec;
  const copy = structuredClone(spec);
  for (const path of paths) {
    const owner = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
    owner[path.at(-1) ?? ""] = change(String(valueAt(spec, path)), path);
  }
  return copy;
}

/** What may be shown: references as they are, secrets masked. */
export function maskSecrets(kind: ResourceKind, spec: Spec): Spec {
  return mapSecrets(kind, spec, shownSecret);
}

function shownSecret(secret: string): string {
  return hasReference(secret) ? secret : maskOf(secret);
}

export function maskOf(secret: string): string {
  return secret.length >= SHOWN_FROM_LENGTH ? MASK + secret.slice(-SHOWN_CHARACTERS) : MASK;
}

export function isMask(text: string): boolean {
  return text.startsWith(MASK);
}

/**
 * Puts the secrets of `before` back where a mask of theirs was sent: at the same place, or at
 * another place of the same list if only one secret there has that mask.
 */
export function unmaskSecrets(
  kind: ResourceKind,
  spec: Spec,
  before: Spec | undefined,
): { readonly spec: Spec; readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const unmasked = mapSecrets(kind, spec, (secret, path) => {
    if (!isMask(secret)) return secret;
    const known = before === undefined ? undefined : secretBehind(secret, path, { kind, before });
    if (known !== undefined) return known;
    problems.push({
      path,
      message: "is a masked secret, and none here has this mask; send the secret",
    });
    return secret;
  });
  return { spec: unmasked, problems };
}

function secretBehind(
  mask: string,
  path: ConfigPath,
  { kind, before }: { readonly kind: ResourceKind; readonly before: Spec },
): string | undefined {
  const fits = (value: unknown): value is string =>
    typeof value === "string" && !hasReference(value) && maskOf(value) === mask;
  const same = valueAt(before, path);
  if (fits(same)) return same;
  if (typeof path.at(-1) !== "number") return undefined;
  const others = secretPaths(kind, before)
    .filter(
      (other) =>
        other.length === path.length && other.slice(0, -1).join() === path.slice(0, -1).join(),
    )
    .map((other) => valueAt(before, other))
    .filter(fits);
  return others.length === 1 ? others[0] : undefined;
}

/** In files secrets are given by reference only, so that files can be shared. */
export function literalSecretProblems(kind: ResourceKind, spec: Spec): ConfigProblem[] {
  return secretPaths(kind, spec)
    .filter((path) => !hasReference(String(valueAt(spec, path))))
    .map((path) => ({
      path,
      message: "secrets are given by reference only: write ${env:NAME} or ${file:/path}",
    }));
}
