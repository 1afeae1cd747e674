/** spec/schema-v1.json: the JSON Schema of the configuration file, served at /schema/v1.json. */
import { configFileSchema } from "../../packages/server/src/config/file-schema.ts";

export async function outputs(): Promise<{ path: string; text: string }[]> {
  const text = `${JSON.stringify(configFileSchema(), undefined, 2)}\n`;
  return [{ path: "spec/schema-v1.json", text }];
}
