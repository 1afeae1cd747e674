/** spec/openapi.json: the API as the running server describes it. */
import { readFileSync } from "node:fs";
import { describeApi } from "../../packages/server/src/api/openapi.ts";
import type { Output } from "../generate.ts";

const PACKAGE = new URL("../../packages/server/package.json", import.meta.url);

export function outputs(): Promise<Output[]> {
  const { version } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string };
  const text = `${JSON.stringify(describeApi(version), null, 2)}\n`;
  return Promise.resolve([{ path: "spec/openapi.json", text }]);
}
