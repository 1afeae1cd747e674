/** Sources: configured ways in. Each has the URL that a provider is to be given. */
import { z } from "@hono/zod-openapi";
import type { ApiContext } from "../context.ts";
import type { Operation } from "../operation.ts";
import { resourceOperations } from "../resources/operations.ts";

export function sourceOperations(context: ApiContext): readonly Operation[] {
  return resourceOperations(context, {
    kind: "sources",
    one: "source",
    title: "Source",
    fields: { url: z.string().describe("Where its provider has to send requests.") },
    fieldsOf: ({ name }) => ({ url: ingestUrlOf(context, name) }),
  });
}

/** Where requests for the source arrive. */
export function ingestUrlOf({ options }: ApiContext, name: string): string {
  return `${options.ingestUrl()}/in/${encodeURIComponent(name)}`;
}
