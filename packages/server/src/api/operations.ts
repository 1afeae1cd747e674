/** Every operation of the API, in the order of the OpenAPI document. */
import { attemptOperations } from "./attempts/paths.ts";
import { configOperations } from "./config/paths.ts";
import type { ApiContext } from "./context.ts";
import { deliveryOperations } from "./deliveries/paths.ts";
import { destinationOperations } from "./destinations/paths.ts";
import { eventOperations } from "./events/paths.ts";
import { gatewayOperations } from "./gateway/paths.ts";
import { keyOperations } from "./keys/paths.ts";
import type { Operation } from "./operation.ts";
import { replayOperations } from "./replays/paths.ts";
import { requestOperations } from "./requests/paths.ts";
import { routeOperations } from "./routes/paths.ts";
import { sourceOperations } from "./sources/paths.ts";
import { streamOperations } from "./stream/paths.ts";
import type { Stream } from "./stream/stream.ts";

export function allOperations(
  context: ApiContext,
  parts: { readonly stream: Stream; openApiDocument(): object },
): readonly Operation[] {
  return [
    ...sourceOperations(context),
    ...destinationOperations(context),
    ...routeOperations(context),
    ...requestOperations(context),
    ...eventOperations(context),
    ...deliveryOperations(context),
    ...attemptOperations(context),
    ...replayOperations(context),
    ...configOperations(context),
    ...streamOperations(context, parts.stream),
    ...keyOperations(context),
    ...gatewayOperations(context, parts.openApiDocument),
  ];
}
