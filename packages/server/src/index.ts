/**
 * The public door of `@ringdown/server`: the gateway, and what commands do without one.
 */

// The gateway.
export { createGateway, type Gateway, type GatewayAddress, type GatewayMode } from "./gateway.ts";
export type { GatewayEvent } from "./gateway/feed.ts";
export { VERSION } from "./version.ts";

// Settings and the configuration file.
export { flagOf, serverOptions } from "./config/options.ts";
export { loadSettings, type Settings, type SettingsInputs } from "./config/settings.ts";
export { type ConfigFile, formatConfigYaml, loadConfigFile } from "./config/config-file.ts";

export type { OptionEntry, ServerMode, ServerOptions } from "./config/options.ts";
export { type ConfigTestResult, runConfigTests } from "./registry/config-tests.ts";

// Without a running gateway.
export {
  checkDocument,
  probeStore,
  readLedger,
  validateConfigFile,
  type ConfigFileProblem,
  type StoppedStore,
  type ValidatedConfigFile,
} from "./gateway/offline.ts";
export type { Ledger } from "./storage/storage.ts";

// Errors.
export { isRingdownError, RingdownError } from "./errors/ringdown-error.ts";
export { type ErrorCode, errorTable } from "./errors/table.ts";
