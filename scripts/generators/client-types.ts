/** packages/client/src/generated/api.ts: the API's types for those who call it. */
import { describeApi } from "../../packages/server/src/api/openapi.ts";
import type { Output } from "../generate.ts";
import { type Document, documentTypes } from "../openapi-types/document-types.ts";

export function outputs(): Promise<Output[]> {
  // As it is read from the file: without what JSON leaves out.
  const document = JSON.parse(JSON.stringify(describeApi(""))) as Document;
  return Promise.resolve([
    { path: "packages/client/src/generated/api.ts", text: documentTypes(document) },
  ]);
}
