/**
 * Every option of the server, once: from this table come the flags, the environment variables, the
 * `server:` block of the file, the reference page and the parser. Whoever adds an option has to say
 * what would make somebody choose another value.
 *
 * Names follow from one another: `bodyLimit` in the file, `--body-limit`, `RINGDOWN_BODY_LIMIT`,
 * and `bodyLimitBytes` (with its unit) in the code.
 */
import {
  choice,
  count,
  duration,
  isAddressRange,
  isBaseUrl,
  isHost,
  list,
  type OptionKind,
  port,
  size,
  type StoreChoice,
  store,
  text,
  toggle,
} from "./option-kinds.ts";
import type { Secret } from "./secret.ts";

export type ServerMode = "dev" | "serve";

/** Parsed once, frozen, passed down; durations in milliseconds, sizes in bytes. */
export type ServerOptions = {
  readonly port: number;
  readonly host: string;
  /** Absent: ingest is on the same port as everything else. */
  readonly ingestPort?: number;
  /** Absolute. */
  readonly dataDir: string;
  /** Absolute; absent: there is none. */
  readonly configFile?: string;
  /** A secret is the URL of a PostgreSQL database. */
  readonly store: StoreChoice;
  readonly storeSchema: string;
  /** Without a trailing slash. */
  readonly publicUrl?: string;
  readonly bodyLimitBytes: number;
  readonly headerLimitBytes: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly maxWaitingBytes: number;
  readonly keptRefusalsPerSecond: number;
  readonly maxInFlight: number;
  readonly maxSocketsPerDestination: number;
  readonly responseCaptureBytes: number;
  readonly drainTimeoutMs: number;
  readonly logLevel: LogLevel;
  readonly trustProxy: readonly string[];
  readonly ownAddresses: readonly string[];
  readonly insecureDevAuth: boolean;
  readonly adminKey?: Secret;
  readonly secretKey?: Secret;
};

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

type OptionKey = Exclude<keyof ServerOptions, "adminKey" | "secretKey">;

export type OptionEntry<T> = {
  /** In the file; the flag and the variable are made from it. */
  readonly name: string;
  readonly kind: OptionKind<T>;
  /** Absent: the option may be unset. */
  readonly fallback?: { readonly [M in ServerMode]: T };
  /** Other variables that are looked at after our own. */
  readonly otherVariables?: readonly string[];
  /** Where it can be set besides flags and environment. */
  readonly inFile: "yes" | "no";
  /** One sentence: what it does, and why one would change it. */
  readonly doc: string;
};

type OptionTable = { readonly [K in OptionKey]: OptionEntry<NonNullable<ServerOptions[K]>> };

const MIB = 1024 ** 2;

function both<T>(value: T): { readonly dev: T; readonly serve: T } {
  return { dev: value, serve: value };
}

/** In the order of the reference page. */
export const serverOptions: OptionTable = {
  port: {
    name: "port",
    kind: port,
    fallback: both(8484),
    otherVariables: ["PORT"],
    inFile: "yes",
    doc: "Port of the API, the page and, unless it has its own, ingest; 0 takes any free one.",
  },
  host: {
    name: "host",
    kind: text("a host name or an address", isHost),
    fallback: { dev: "127.0.0.1", serve: "0.0.0.0" },
    inFile: "yes",
    doc: "Address to listen on; without API keys (dev) only this machine is possible.",
  },
  ingestPort: {
    name: "ingestPort",
    kind: port,
    inFile: "yes",
    doc: "Puts ingest on a port of its own, so that only that one has to be reachable from outside.",
  },
  dataDir: {
    name: "data",
    kind: text("a path", (value) => value !== "" && !value.includes("\0")),
    fallback: both("./.ringdown"),
    inFile: "yes",
    doc: "Folder of the store and of the key that encrypts stored secrets; relative to the working folder.",
  },
  configFile: {
    name: "config",
    kind: text("a path", (value) => value !== "" && !value.includes("\0")),
    inFile: "no",
    doc: "Configuration file; default: ./ringdown.yaml, if it exists.",
  },
  store: {
    name: "store",
    kind: store,
    fallback: both<StoreChoice>("sqlite"),
    inFile: "yes",
    doc: "Where requests and deliveries are kept: sqlite in the data folder, a PostgreSQL database, or memory, which forgets everything at the end. A URL with a password belongs into the environment (RINGDOWN_STORE); others can see flags.",
  },
  storeSchema: {
    name: "storeSchema",
    kind: text("small letters, digits and underscores", (value) =>
      /^[a-z_][a-z0-9_]{0,62}$/.test(value),
    ),
    fallback: both("ringdown"),
    inFile: "yes",
    doc: "Schema of the PostgreSQL database that holds the tables; one per gateway where several share a database.",
  },
  publicUrl: {
    name: "publicUrl",
    kind: text("a URL such as https://hooks.example.com", isBaseUrl),
    inFile: "yes",
    doc: "What senders reach this server under: source URLs start with it, and providers that sign their URL need it.",
  },
  bodyLimitBytes: {
    name: "bodyLimit",
    kind: size({ min: 1, max: 64 * MIB }),
    fallback: both(5_000_000),
    inFile: "yes",
    doc: "Largest body of a request, for sources that set none themselves; larger ones get 413.",
  },
  headerLimitBytes: {
    name: "headerLimit",
    kind: size({ min: 4096, max: MIB }),
    fallback: both(16_384),
    inFile: "yes",
    doc: "Largest header block of a request; larger ones get 431.",
  },
  headersTimeoutMs: {
    name: "headersTimeout",
    kind: duration({ min: 1000, max: 300_000 }),
    fallback: both(10_000),
    inFile: "yes",
    doc: "How long a sender may take for its headers.",
  },
  requestTimeoutMs: {
    name: "requestTimeout",
    kind: duration({ min: 1000, max: 3_600_000 }),
    fallback: both(60_000),
    inFile: "yes",
    doc: "How long a sender may take for the whole request.",
  },
  maxWaitingBytes: {
    name: "maxWaiting",
    kind: size({ min: MIB, max: 4096 * MIB }),
    fallback: both(64 * MIB),
    inFile: "yes",
    doc: "Requests received and not yet on disk; at the limit senders get 503 and come again.",
  },
  keptRefusalsPerSecond: {
    name: "keptRefusals",
    kind: count({ min: 0, max: 10_000 }),
    fallback: both(10),
    inFile: "yes",
    doc: "Refused requests kept per second and source; more are answered and counted only, so that forgeries cannot fill the disk.",
  },
  maxInFlight: {
    name: "maxInFlight",
    kind: count({ min: 1, max: 65_536 }),
    fallback: both(1024),
    inFile: "yes",
    doc: "Attempts in flight, all destinations together.",
  },
  maxSocketsPerDestination: {
    name: "maxSockets",
    kind: count({ min: 1, max: 1024 }),
    fallback: both(64),
    inFile: "yes",
    doc: "Open connections to one host and port.",
  },
  responseCaptureBytes: {
    name: "responseCapture",
    kind: size({ min: 0, max: MIB }),
    fallback: both(16_384),
    inFile: "yes",
    doc: "How much of the answer of a failed attempt is kept.",
  },
  drainTimeoutMs: {
    name: "drainTimeout",
    kind: duration({ min: 0, max: 600_000 }),
    fallback: both(30_000),
    inFile: "yes",
    doc: "How long a stop waits for attempts in flight before it ends them.",
  },
  logLevel: {
    name: "logLevel",
    kind: choice(LOG_LEVELS),
    fallback: both<LogLevel>("info"),
    inFile: "yes",
    doc: "Least important log lines that are written.",
  },
  trustProxy: {
    name: "trustProxy",
    kind: list("addresses and CIDR ranges such as 10.0.0.0/8", isAddressRange),
    fallback: both<readonly string[]>([]),
    inFile: "yes",
    doc: "Proxies whose X-Forwarded-For is believed; without, the sender is whoever connects.",
  },
  ownAddresses: {
    name: "ownAddresses",
    kind: list("host names and addresses", isHost),
    fallback: both<readonly string[]>([]),
    inFile: "yes",
    doc: "Further names and addresses of this server, which no destination may have, so that nothing is delivered in a circle.",
  },
  insecureDevAuth: {
    name: "insecureDevAuth",
    kind: toggle,
    fallback: both(false),
    inFile: "no",
    doc: "Lets serve answer without API keys on a loopback address; for tests.",
  },
};

export const SECRET_OPTIONS = {
  adminKey: {
    name: "adminKey",
    doc: "The first admin API key, instead of a random one that is printed at the first start.",
  },
  secretKey: {
    name: "secretKey",
    doc: "Key that encrypts stored secrets: base64 of 32 random bytes; default: the file secret.key in the data folder, made at the first start.",
  },
} as const;

/** `bodyLimit` as `--body-limit`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
}

/** `bodyLimit` as `RINGDOWN_BODY_LIMIT`. */
export function variableOf(name: string): string {
  return `RINGDOWN_${name.replaceAll(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase()}`;
}
