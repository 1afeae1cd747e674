/** Routes: which events of which sources go to which destination. */
import type { ApiContext } from "../context.ts";
import type { Operation } from "../operation.ts";
import { resourceOperations } from "../resources/operations.ts";

export function routeOperations(context: ApiContext): readonly Operation[] {
  return resourceOperations(context, {
    kind: "routes",
    one: "route",
    title: "Route",
    fields: {},
    fieldsOf: () => ({}),
  });
}
