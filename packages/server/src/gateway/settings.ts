/** What a gateway is started with, and where it then is. */
import type { ServerOptions } from "../config/options.ts";

export type GatewayMode = "dev" | "serve";

export type GatewaySettings = {
  /** dev: loopback without keys. serve: API keys. */
  readonly mode: GatewayMode;
  readonly options: ServerOptions;
  /** A test's wish to die at a named point (support/crash-point.ts); "" otherwise. */
  readonly crashPoint?: string;
};

export type GatewayAddress = {
  /** Where the API and the page are, without a trailing slash. */
  readonly url: string;
  /** What source URLs start with. */
  readonly ingestUrl: string;
  readonly sources: readonly { readonly name: string; readonly url: string }[];
  /** Only when this start made the first key: the one chance to print it. */
  readonly adminKey?: string;
};
