/**
 * Receives webhooks in Next.js: route handlers of the app router, API routes of the pages router.
 *
 * Next parses the bodies of API routes unless the page's file says otherwise, with an export that
 * Next reads without running the file; so it has to be written there and cannot come from here:
 *
 *     export const config = { api: { bodyParser: false } };
 *
 * `next build` loads these files, often without secrets: with a function, the receiver is made when
 * the first request comes.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ReceiverError } from "../errors.ts";
import { type LateReceiver, lateReceiver } from "./late-receiver.ts";
import { incomingFromNode, sendOnNode } from "./node-request.ts";
import { incomingFromWeb, responseOf } from "./web-request.ts";

export type NextRoute = (request: Request) => Promise<Response>;

export type NextRouteHandlers = {
  readonly GET: NextRoute;
  readonly HEAD: NextRoute;
  readonly OPTIONS: NextRoute;
  readonly POST: NextRoute;
};

export type NextRouteOptions = {
  /** `after` of "next/server"; needed if events are acknowledged before they are worked on. */
  readonly after?: (work: Promise<void>) => void;
};

const appRouter = {
  name: "Next.js app router",
  hint: "Let nothing call request.json() or text() before; whoever needs the body reads request.clone().",
};

const pagesRouter = {
  name: "Next.js pages router",
  hint: "Add to the file of this API route: export const config = { api: { bodyParser: false } };",
};

/**
 * For `app/…/route.ts`.
 *
 * @throws {option_invalid} if events are acknowledged before and `after` is missing
 * @example
 * export const { GET, POST } = nextRoute(() => receiver({ provider: stripe, secrets, onEvent }));
 */
export function nextRoute(
  webhooks: LateReceiver,
  options: NextRouteOptions = {},
): NextRouteHandlers {
  const { after } = options;
  const current = lateReceiver(webhooks, ({ acknowledge }) => {
    if (acknowledge === "before" && after === undefined) throw afterMissing();
  });
  const handle: NextRoute = async (request) => {
    const answer = await current().handle(incomingFromWeb(request, { framework: appRouter }));
    if (answer.background !== undefined) after?.(answer.background);
    return responseOf(answer);
  };
  return { GET: handle, HEAD: handle, OPTIONS: handle, POST: handle };
}

/**
 * For `pages/api/….ts`, together with `export const config = { api: { bodyParser: false } };`.
 *
 * @example
 * export default nextPage(() => receiver({ provider: stripe, secrets, onEvent }));
 */
export function nextPage(
  webhooks: LateReceiver,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const current = lateReceiver(webhooks);
  return async (request, response) => {
    const incoming = incomingFromNode(request, { framework: pagesRouter });
    sendOnNode(response, await current().handle(incoming));
  };
}

function afterMissing(): ReceiverError {
  return new ReceiverError(
    "option_invalid",
    'With acknowledge: "before", Next has to be told to wait for the work after the answer.',
    'Pass its own function: nextRoute(webhooks, { after }), with import { after } from "next/server".',
  );
}
