/**
 * Turns the text of a target URL into one that may be sent to, or says why not.
 *
 * Everything is judged after WHATWG normalisation (`new URL`), because that is what gets connected
 * to: `http://0x7f.1`, `http://2130706433` and `http://１２７.0.0.1` are all `127.0.0.1` by then.
 * Spellings that different parsers read differently (backslash, control characters, missing or
 * extra slashes, credentials) are refused instead of normalised.
 *
 * This is no guard: names are resolved later, and every address is checked when it is connected to
 * (guard/guard.ts). The class of a literal is reported so that a configuration can be refused early.
 *
 * Pure. Runs when a target is configured, not per request.
 * Sources: WHATWG URL; WHATWG Fetch section "Port blocking" for the ports.
 */
import { isIP } from "node:net";

import { classifyAddress } from "./guard/address-policy.ts";
import type { AddressClass } from "./guard/address-policy.ts";

export type TargetUrlProblem =
  | "too_long"
  | "characters"
  | "scheme"
  | "unparsable"
  | "credentials"
  | "host"
  | "port";

export type TargetUrl =
  | {
      readonly kind: "valid";
      /** Without fragment, and without the trailing dot of a fully qualified name. */
      readonly url: URL;
      /** The class of an address literal; `undefined` for a name. */
      readonly literal: AddressClass | undefined;
    }
  | { readonly kind: "refused"; readonly problem: TargetUrlProblem; readonly message: string };

const URL_LIMIT_CHARACTERS = 8 * 1024;
const HOST_LIMIT_CHARACTERS = 253;

/** Below the registered range only the two ports of the web are open. */
const LOWEST_REGISTERED_PORT = 1024;

/** Ports of other protocols whose servers might act on an HTTP request's text. */
const BLOCKED_PORTS: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10080, 11211,
]);

export function parseTargetUrl(text: string): TargetUrl {
  if (text.length > URL_LIMIT_CHARACTERS) {
    return refuse("too_long", `A URL has at most ${URL_LIMIT_CHARACTERS} characters.`);
  }
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  if (/[\u0000-\u0020\u007f\\]/.test(text)) {
    return refuse("characters", "A URL has no spaces, control characters or backslashes.");
  }
  if (!/^https?:\/\//i.test(text)) {
    return refuse("scheme", "A URL starts with http:// or https://.");
  }
  if (!/^https?:\/\/[^/?#]/i.test(text) || !URL.canParse(text)) {
    return refuse("unparsable", "The URL cannot be parsed: check its host and port.");
  }
  return vet(new URL(text));
}

function vet(url: URL): TargetUrl {
  if (url.username !== "" || url.password !== "") {
    return refuse("credentials", "A URL holds no user name or password; configure them apart.");
  }
  url.hash = "";
  if (url.hostname.endsWith(".")) url.hostname = url.hostname.slice(0, -1);
  if (url.hostname.endsWith(".") || url.hostname.length > HOST_LIMIT_CHARACTERS) {
    return refuse("host", `A host name has at most ${HOST_LIMIT_CHARACTERS} characters, no "..".`);
  }
  const port = portOf(url);
  if (!isAllowedPort(port)) {
    return refuse("port", `Port ${port} is not open to HTTP targets: use 80, 443 or 1024 and up.`);
  }
  const host = hostOf(url);
  return { kind: "valid", url, literal: isIP(host) === 0 ? undefined : classifyAddress(host) };
}

/** The host without the brackets of an IPv6 literal. */
export function hostOf(url: URL): string {
  const host = url.hostname;
  return host.startsWith("[") ? host.slice(1, -1) : host;
}

export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

export function isAllowedPort(port: number): boolean {
  if (port === 80 || port === 443) return true;
  return port >= LOWEST_REGISTERED_PORT && !BLOCKED_PORTS.has(port);
}

function refuse(problem: TargetUrlProblem, message: string): TargetUrl {
  return { kind: "refused", problem, message };
}
