/**
 * Hides credentials in headers and queries that were received: what a source checks as an API key
 * or password is its stored secret, and would leave through the record of every request (I8).
 *
 * By name, since a value does not tell. Signatures stay: they are made for one body, and without
 * them nobody can see why a request did not verify.
 */

/** What stands in the place of a credential. */
export const MASK = "••••••";

const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
]);
const CREDENTIAL_WORDS =
  /(?:^|[-_.])(?:token|secret|password|passwd|auth|apikey|api[-_]key|access[-_]key)$/;

/** `also`: lower-case names that the source checks for a credential. */
export function isCredentialName(name: string, also: ReadonlySet<string> = new Set()): boolean {
  const lower = name.toLowerCase();
  return CREDENTIAL_HEADERS.has(lower) || also.has(lower) || CREDENTIAL_WORDS.test(lower);
}

/** The header in which a source expects its secret as it is. */
export function credentialNamesOf(
  sourceSpec: Readonly<Record<string, unknown>> | undefined,
): ReadonlySet<string> {
  const verify = sourceSpec?.["verify"];
  if (typeof verify !== "object" || verify === null) return new Set();
  const { scheme, header } = verify as Readonly<Record<string, unknown>>;
  const isCredential = scheme === "api-key" && typeof header === "string";
  return isCredential ? new Set([header.toLowerCase()]) : new Set();
}

/** Name, value, … as pairs, with credentials masked. */
export function maskHeaders(
  headers: readonly string[],
  also?: ReadonlySet<string>,
): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? "";
    const value = headers[i + 1] ?? "";
    pairs.push([name, isCredentialName(name, also) ? maskValue(value) : value]);
  }
  return pairs;
}

/** `Bearer x` keeps its scheme, which tells why it did not match. */
function maskValue(value: string): string {
  const scheme = /^(?:basic|bearer|digest|token) /i.exec(value)?.[0] ?? "";
  return scheme + MASK;
}

/** A query string, still encoded, with the values of credentials masked. */
export function maskQuery(query: string, also?: ReadonlySet<string>): string {
  return query
    .split("&")
    .map((part) => {
      const [name = ""] = part.split("=", 1);
      return part.includes("=") && isCredentialName(decoded(name), also) ? `${name}=${MASK}` : part;
    })
    .join("&");
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
