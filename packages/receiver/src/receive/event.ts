/**
 * What `onEvent` gets, and how its body gets a type without this package knowing any vendor's.
 *
 * Types from outside describe what a verified sender promises to send; nothing here checks a body
 * against them. The kinds of helper follow from where vendors keep the name of an event: in the body
 * (Stripe), in a table of names (most), or in a header with an action in the body (GitHub).
 */
import type { HeaderLookup } from "../headers.ts";
import type { VerifyPassed } from "../scheme/result.ts";

export type WebhookEvent<Body = unknown, Type extends string | undefined = string | undefined> = {
  /**
   * The provider's id of the event, the same on every retry; two requests with one id are one event.
   * `undefined` if the request carries none: then nothing can tell a retry from a new event, and
   * every request is one.
   */
  readonly id: string | undefined;
  /** In the vendor's spelling; `undefined` if the request names none. */
  readonly type: Type;
  /** The provider's name: "stripe". */
  readonly provider: string;
  /** The JSON or the form fields, parsed when first read; `undefined` if `raw` is neither. */
  readonly body: Body;
  /** The bytes as received. */
  readonly raw: Uint8Array;
  readonly headers: HeaderLookup;
  readonly receivedAt: Date;
  /** How the sender proved itself; `secretIndex` tells whether an old secret is still in use. */
  readonly verification: VerifyPassed;
};

/**
 * Events whose body says in `type` what it is: `BodyEvent<Stripe.Event>`. Comparing `event.type`
 * narrows `event.body`.
 */
export type BodyEvent<Body> = Body extends { readonly type: infer Type extends string }
  ? WebhookEvent<Body, Type>
  : never;

/** Events by a table of type and body: `MapEvent<{ "contact.created": Contact }>`. */
export type MapEvent<Bodies> = {
  [Type in keyof Bodies & string]: WebhookEvent<Bodies[Type], Type>;
}[keyof Bodies & string];

/**
 * Events by a table of name and body, where a body with an `action` is of the type `name.action`:
 * `ActionEvent<EventPayloadMap>` of `@octokit/webhooks-types` has `pull_request.opened`.
 */
export type ActionEvent<Bodies> = {
  [Name in keyof Bodies & string]: NamedAction<Name, Bodies[Name]>;
}[keyof Bodies & string];

type NamedAction<Name extends string, Body> = Body extends {
  readonly action: infer Action extends string;
}
  ? WebhookEvent<Body, `${Name}.${Action}`>
  : WebhookEvent<Body, Name>;
