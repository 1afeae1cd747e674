/**
 * A sender in a few lines, for the providers that need no table of malformed values of their own:
 * how it sends one message with one secret, written from its documentation with `node:crypto` alone.
 */
import { createHmac } from "node:crypto";
import type { Header } from "../vector.ts";

export type RowMessage = {
  readonly body: Uint8Array;
  readonly timeMs: number;
  readonly id: string;
};

export type Sent = {
  readonly headers: readonly Header[];
  /** Where the sender puts its proof into the body. */
  readonly body?: Uint8Array;
  readonly method?: string;
  readonly url?: string;
};

export type Row = {
  readonly provider: string;
  readonly about: string;
  readonly secrets: readonly [current: string, previous: string, foreign: string];
  readonly send: (message: RowMessage, secret: string) => Sent;
  /** What the verifier is given for a secret that signs: its public half, by default itself. */
  readonly configured?: (secret: string) => string;
  /** Header of the proof; absent if it is elsewhere. */
  readonly proof?: string;
  readonly body?: string;
  readonly contentType?: string;
  /** `authenticated` where the body is not bound. */
  readonly status?: "verified" | "authenticated";
  readonly missing?: string;
  readonly malformed?: string;
  /** With the secret of somebody else. */
  readonly wrong?: string;
  /** Only where the body is bound. */
  readonly modified?: string;
  /** A signed time is looked at, up to this difference; "any": reported, any age passes. */
  readonly toleranceS?: number | "any";
  /** Keys that were fetched, by the id they are asked for. */
  readonly keys?: Readonly<Record<string, string>>;
};

export const URL_OF_SOURCE = "https://hooks.example.com/in/source?a=1";

export const seconds = ({ timeMs }: RowMessage): string => String(Math.floor(timeMs / 1000));
export const milliseconds = ({ timeMs }: RowMessage): string => String(timeMs);
export const date = ({ timeMs }: RowMessage): string => new Date(timeMs).toISOString();

const TEXTS: Row["secrets"] = [
  "k1-4fd1c2a90b7e43d6a85c1f20b9e7d634",
  "k2-11aa22bb33cc44dd55ee66ff77889900",
  "k3-00000000000000000000000000000abc",
];
export const BASE64_SECRETS: Row["secrets"] = [
  "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  "C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
];
export const HEX_SECRETS: Row["secrets"] = [
  "4fd1c2a90b7e43d6a85c1f20b9e7d63411aa22bb33cc44dd55ee66ff77889900",
  "11aa22bb33cc44dd55ee66ff778899004fd1c2a90b7e43d6a85c1f20b9e7d634",
  "000000000000000000000000000000000000000000000000000000000000abcd",
];

type Encoding = "hex" | "base64" | "base64url";
type Part = string | Uint8Array;

export function mac(
  key: string | Buffer,
  { algorithm = "sha256", encoding = "hex" }: { algorithm?: string; encoding?: Encoding },
  ...parts: readonly Part[]
): string {
  const hmac = createHmac(algorithm, key);
  for (const part of parts) hmac.update(part);
  return hmac.digest(encoding);
}

export type HeaderRow = {
  readonly algorithm?: "sha1" | "sha256" | "sha512";
  readonly encoding?: Encoding;
  readonly prefix?: string;
  readonly key?: (secret: string) => string | Buffer;
  readonly secrets?: Row["secrets"];
  readonly signed?: (message: RowMessage) => readonly Part[];
  readonly others?: (message: RowMessage) => readonly Header[];
  readonly toleranceS?: number | "any";
  readonly body?: string;
};

/** One signature alone in a header. */
export function inHeader(provider: string, header: string, rule: HeaderRow = {}): Row {
  const { algorithm = "sha256", encoding = "hex", prefix = "", key = (secret) => secret } = rule;
  const { secrets = TEXTS, signed = ({ body }) => [body], others = () => [] } = rule;
  return {
    provider,
    about: `${header}: ${prefix}<${encoding}>, HMAC with ${algorithm}`,
    secrets,
    proof: header,
    send: (message, secret) => ({
      headers: [
        ...others(message),
        [header, prefix + mac(key(secret), { algorithm, encoding }, ...signed(message))],
      ],
    }),
    ...(prefix !== "" && { malformed: "malformed_signature" }),
    ...(rule.toleranceS !== undefined && { toleranceS: rule.toleranceS }),
    ...(rule.body !== undefined && { body: rule.body }),
  };
}

/** Time and signature in one header. */
export function inList(
  provider: string,
  header: string,
  rule: {
    readonly form: (time: string, signature: string) => string;
    readonly time?: (message: RowMessage) => string;
    readonly between?: string;
    readonly algorithm?: string;
    readonly encoding?: Encoding;
    readonly toleranceS?: number | "any";
  },
): Row {
  const { form, time = seconds, between = ".", toleranceS = 300, ...how } = rule;
  return {
    provider,
    about: `${header}: ${form("<time>", "<signature>")} over <time>${between}<body>`,
    secrets: TEXTS,
    proof: header,
    toleranceS,
    send: (message, secret) => {
      const stamp = time(message);
      return {
        headers: [[header, form(stamp, mac(secret, how, `${stamp}${between}`, message.body))]],
      };
    },
  };
}

/** Standard Webhooks under any names. */
export function standard(
  provider: string,
  prefix: string,
  rule: {
    readonly secrets?: Row["secrets"];
    readonly id?: string;
    readonly key?: (secret: string) => string | Buffer;
  } = {},
): Row {
  const secrets = BASE64_SECRETS.map((one) => `whsec_${one}`) as unknown as Row["secrets"];
  const { key = (secret) => Buffer.from(secret.replace(/^.*whsec_/, ""), "base64") } = rule;
  return {
    provider,
    about: `Standard Webhooks with ${prefix}-id, ${prefix}-timestamp, ${prefix}-signature`,
    secrets: rule.secrets ?? secrets,
    proof: `${prefix}-signature`,
    toleranceS: 300,
    send: (message, secret) => {
      const head = `${message.id}.${seconds(message)}.`;
      const signature = mac(key(secret), { encoding: "base64" }, head, message.body);
      return {
        headers: [
          [rule.id ?? `${prefix}-id`, message.id],
          [`${prefix}-timestamp`, seconds(message)],
          [`${prefix}-signature`, `v1,${signature}`],
        ],
      };
    },
  };
}

/** The secret as it is, in a header. */
export function token(provider: string, header: string, prefix = ""): Row {
  return {
    provider,
    about: `${header}: ${prefix}<secret>`,
    secrets: TEXTS,
    proof: header,
    status: "authenticated",
    missing: "missing_credentials",
    malformed: prefix === "" ? "wrong_credentials" : "missing_credentials",
    wrong: "wrong_credentials",
    send: (_, secret) => ({ headers: [[header, prefix + secret]] }),
  };
}

export function basic(provider: string): Row {
  return {
    ...token(provider, "Authorization"),
    about: "Authorization: Basic <base64 of user:password>",
    secrets: ["ringdown:password-1", "ringdown:password-2", "somebody:password-3"],
    malformed: "missing_credentials",
    send: (_, secret) => ({
      headers: [["Authorization", `Basic ${Buffer.from(secret).toString("base64")}`]],
    }),
  };
}
