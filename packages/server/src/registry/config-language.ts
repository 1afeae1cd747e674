/** The configuration file's language as the API uses it: reading, writing, schema, history. */
import { formatConfigYaml, parseConfigFile, parseConfigJson } from "../config/config-file.ts";
import { configFileSchema } from "../config/file-schema.ts";
import type { ConfigDocument } from "../model/registry.ts";
import type { StoredVersion } from "./records.ts";

export type ConfigLanguage = {
  /** @throws config_invalid with `details.problems` */
  parse(text: string, format: "json" | "yaml"): ConfigDocument;
  formatYaml(document: ConfigDocument): string;
  /** JSON Schema (2020-12) of the whole file. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Newest first. */
  history(): Promise<readonly StoredVersion[]>;
};

export type ConfigLanguageDeps = {
  readonly history: ConfigLanguage["history"];
  /** Where the schema is served, for editors. */
  readonly schemaUrl: () => string;
};

export function createConfigLanguage(deps: ConfigLanguageDeps): ConfigLanguage {
  return {
    parse: (text, format) =>
      format === "json" ? parseConfigJson(text) : parseConfigFile(text, "document").document,
    formatYaml: (document) => formatConfigYaml(document, deps.schemaUrl()),
    schema: configFileSchema(),
    history: deps.history,
  };
}
