/**
 * Who may call: the two ways of DESIGN.md section 7, decided before anything else is looked at.
 *
 * keys: everything that is not public needs `Authorization: Bearer <key>`. A wrong, expired and
 * revoked key get the same answer, so that nothing is learnt from it. Failures are throttled per
 * address, yet a caller with a valid generated key is let in whatever others behind its address
 * do: 256 random bits are not guessed, so locking it out would protect nothing.
 *
 * loopback: no key. The caller must be on this machine, ask for a host name that is this machine's
 * (a page of another site that rebinds its own name to 127.0.0.1 is refused) and must not be a page
 * of another site (its forms and fetches carry `Origin` or `Sec-Fetch-Site`).
 *
 * Source: OWASP, "Cross-Site Request Forgery Prevention" (Fetch Metadata); RFC 6750.
 */
import type { IncomingMessage } from "node:http";
import { RingdownError } from "../../errors/ringdown-error.ts";
import { isLoopback, plainAddress } from "../../http/remote-address.ts";
import type { ApiDeps, ApiOptions } from "../deps.ts";
import { createFailureThrottle, type FailureThrottle } from "./throttle.ts";

export type Access = {
  /** For every path. @throws forbidden */
  checkOrigin(httpRequest: IncomingMessage): void;
  /** For every path that is not public. @throws unauthorized, rate_limited */
  checkKey(httpRequest: IncomingMessage): void;
};

const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
/** Longer ones are not keys, and hashing them would be work for nothing. */
const TOKEN_LIMIT = 512;

export function createAccess(
  deps: Pick<ApiDeps, "keys" | "clock" | "remoteAddress">,
  options: Pick<ApiOptions, "auth" | "allowedHosts">,
): Access {
  const throttle = createFailureThrottle(deps.clock);
  const hosts = new Set([...LOOPBACK_HOSTS, ...(options.allowedHosts ?? [])]);

  if (options.auth === "loopback") {
    return {
      checkOrigin(httpRequest) {
        checkCaller(httpRequest, hosts);
        if (!SAFE_METHODS.has(httpRequest.method ?? "")) checkSameSite(httpRequest);
      },
      checkKey: () => undefined,
    };
  }
  return {
    checkOrigin: () => undefined,
    checkKey(httpRequest) {
      const token = bearerToken(httpRequest);
      if (token === undefined) {
        throw new RingdownError("unauthorized", "This path needs an API key.");
      }
      checkToken(token, deps.remoteAddress(httpRequest), { keys: deps.keys, throttle });
    },
  };
}

function checkToken(
  token: string,
  address: string,
  by: { readonly keys: ApiDeps["keys"]; readonly throttle: FailureThrottle },
): void {
  const waitS = by.throttle.waitS(address);
  if (waitS > 0 && !by.keys.isUnguessable(token)) throw tooManyFailures(waitS);
  if (by.keys.check(token).kind === "valid") return;
  by.throttle.noteFailure(address);
  if (waitS > 0) throw tooManyFailures(waitS);
  throw new RingdownError("unauthorized", "This API key is not valid.");
}

function tooManyFailures(waitS: number): RingdownError {
  return new RingdownError("rate_limited", "Too many invalid API keys came from this address.", {
    details: { retryAfterS: waitS },
  });
}

function bearerToken(httpRequest: IncomingMessage): string | undefined {
  const [scheme, token, ...rest] = (httpRequest.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || token === undefined || token === "") return undefined;
  return rest.length > 0 || token.length > TOKEN_LIMIT ? "" : token;
}

function checkCaller(httpRequest: IncomingMessage, hosts: ReadonlySet<string>): void {
  if (!isLoopback(plainAddress(httpRequest.socket.remoteAddress ?? ""))) {
    throw new RingdownError("forbidden", "Without API keys only this machine itself may call.");
  }
  // Node keeps the first of several Host headers, another reader might take the last.
  const hostHeaders = httpRequest.headersDistinct["host"] ?? [];
  const [host = ""] = hostHeaders;
  if (hostHeaders.length !== 1 || !hosts.has(hostName(host))) {
    throw new RingdownError(
      "forbidden",
      "The Host header does not name this machine; call it by localhost or 127.0.0.1.",
    );
  }
}

/** Host and port of a page must be the ones it calls; anything else is another site. */
function checkSameSite(httpRequest: IncomingMessage): void {
  const site = httpRequest.headers["sec-fetch-site"];
  const origin = httpRequest.headers.origin;
  const foreignSite = site !== undefined && site !== "same-origin" && site !== "none";
  if (foreignSite || (origin !== undefined && originHost(origin) !== httpRequest.headers.host)) {
    throw new RingdownError("forbidden", "A page of another site may not change anything here.");
  }
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function hostName(host: string): string {
  return host.replace(/:\d{1,5}$/, "").toLowerCase();
}
