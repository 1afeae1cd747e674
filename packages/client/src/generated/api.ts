/**
 * The types of the Ringdown API. Made from spec/openapi.json by scripts/generators/client-types.ts:
 * change the server's schemas and run `npm run generate`.
 */
/* oxlint-disable max-lines -- one file per document */

/** Who sends: sets verification, event type and idempotency key. */
export type SourceProvider =
  | "adobe"
  | "adyen"
  | "adyen-platform"
  | "affirm"
  | "airtable"
  | "airwallex"
  | "anthropic"
  | "asana"
  | "attio"
  | "auth0"
  | "authorize-net"
  | "autodesk"
  | "aws-sns"
  | "bitbucket"
  | "box"
  | "braintree"
  | "brevo"
  | "brex"
  | "buildkite"
  | "cal-com"
  | "calendly"
  | "chargebee"
  | "chargify"
  | "checkout-com"
  | "checkr"
  | "circleci"
  | "clerk"
  | "cloudevents"
  | "cloudflare"
  | "coinbase-commerce"
  | "configcat"
  | "contentful"
  | "customer-io"
  | "datadog"
  | "deel"
  | "deepgram"
  | "discord"
  | "docusign"
  | "doppler"
  | "dropbox"
  | "dwolla"
  | "ebay"
  | "elevenlabs"
  | "etsy"
  | "finch"
  | "framer"
  | "front"
  | "fusionauth"
  | "gemini"
  | "generic"
  | "github"
  | "gitlab"
  | "gitlab-signed"
  | "gocardless"
  | "google-channel"
  | "helpscout"
  | "heroku"
  | "hubspot"
  | "hubspot-legacy"
  | "hugging-face"
  | "incident-io"
  | "increase"
  | "intercom"
  | "jira"
  | "kinde"
  | "klaviyo"
  | "knock"
  | "launchdarkly"
  | "lemon-squeezy"
  | "line"
  | "linear"
  | "linkedin"
  | "livekit"
  | "lob"
  | "loops"
  | "mailgun"
  | "mandrill"
  | "mercado-pago"
  | "messagebird"
  | "meta"
  | "microsoft-graph"
  | "microsoft-teams"
  | "mixpanel"
  | "modern-treasury"
  | "monday"
  | "mongodb-atlas"
  | "mux"
  | "netlify"
  | "new-relic"
  | "notion"
  | "npm"
  | "nylas"
  | "okta"
  | "onfleet"
  | "openai"
  | "paddle"
  | "pagerduty"
  | "pandadoc"
  | "paypal"
  | "paystack"
  | "persona"
  | "pipedrive"
  | "plaid"
  | "plaid-sandbox"
  | "polar"
  | "postmark"
  | "pusher"
  | "quickbooks"
  | "razorpay"
  | "recall-ai"
  | "recurly"
  | "render"
  | "replicate"
  | "resend"
  | "ringcentral"
  | "sanity"
  | "segment"
  | "sendbird"
  | "sendgrid"
  | "sentry"
  | "shippo"
  | "shopify"
  | "sinch"
  | "slack"
  | "sparkpost"
  | "square"
  | "standard-webhooks"
  | "stripe"
  | "stytch"
  | "supabase-auth"
  | "svix"
  | "tally"
  | "telegram"
  | "telnyx"
  | "tiktok"
  | "trello"
  | "twilio"
  | "twitch"
  | "typeform"
  | "vanta"
  | "vercel"
  | "vonage"
  | "webex"
  | "webflow"
  | "wise"
  | "woocommerce"
  | "workos"
  | "x"
  | "xero"
  | "zapier"
  | "zendesk"
  | "zoom";

/** How requests are verified; none accepts anybody's. Required for providers that sign. */
export type SourceVerify =
  | "none"
  | {
      /** How senders prove themselves. Default: what the provider does; hmac for generic. */
      readonly scheme?: "hmac" | "basic" | "bearer" | "api-key" | "address" | "none";
      /** The shared secret, as the provider shows it. */
      readonly secret?: string;
      /** Several secrets that are valid at once, for rotation. A reference that resolves to nothing is left out. */
      readonly secrets?: readonly string[];
      /** For scheme basic. */
      readonly username?: string;
      /** For scheme basic. */
      readonly password?: string;
      /** For schemes bearer and api-key: the same as secret. */
      readonly token?: string;
      /** What was agreed upon with a provider that asks for it in its handshake (Meta's verify token). */
      readonly handshakeToken?: string;
      /** Header of the signature (hmac, default x-signature) or of the key (api-key, default x-api-key). */
      readonly header?: string;
      /** What stands before the signature, such as "sha256=". */
      readonly prefix?: string;
      /** Default sha256. */
      readonly algorithm?: "sha1" | "sha256" | "sha512";
      /** Of the signature; default hex. */
      readonly encoding?: "hex" | "base64" | "base64url";
      /** How the secret's text becomes the key; default utf8. */
      readonly key?: "utf8" | "base64" | "base64url" | "hex";
      /** Removed from the secret's text where present. */
      readonly keyPrefix?: string;
      /** For a header that lists keys and values, like t=1,v1=ab. */
      readonly list?: {
        /** Between items. */
        readonly separator: string;
        /** Between key and value. */
        readonly assign: string;
        /** Of the items that are signatures. */
        readonly key: string;
      };
      /** Template of the signed bytes of {body}, {timestamp}, {id}, {method}, {url} and {header:x-name}; default {body}. */
      readonly signed?: string;
      /** Header that {id} stands for. */
      readonly idHeader?: string;
      /** Where the signed time is. */
      readonly timestamp?: {
        /** Header with the time; or give field. */
        readonly header?: string;
        /** Key of the time in a header that is a list; or give header. */
        readonly field?: string;
        /** Default s. */
        readonly unit?: "s" | "ms" | "rfc3339";
      };
      /** Largest accepted difference of the signed time; default: the provider's, else 5m. */
      readonly tolerance?: "off" | string;
      /** Addresses and CIDR ranges that senders must come from. */
      readonly allow?: readonly string[];
    };

/** De-duplication; false switches it off. */
export type SourceDedupe =
  | false
  | {
      /** CEL: what makes two requests the same event; default: the provider's id. */
      readonly key?: string;
      /** How long the key counts. */
      readonly window?: string;
    };

/** What senders are answered once the request is stored. */
export type SourceRespond =
  | number
  | {
      /** HTTP status. */
      readonly status?: number;
      /** Headers of the answer. */
      readonly headers?: Readonly<Record<string, string>>;
      /** Body of the answer; default: a small JSON object with the event's id. */
      readonly body?: string;
    };

/** Signs every attempt; absent: unsigned. */
export type DestinationSign = {
  /** How attempts are signed. */
  readonly scheme?: "standard-webhooks";
  /** whsec_ and base64 of 24 to 64 bytes; or whsk_ and the base64 of an Ed25519 key, for signatures (v1a) that everybody can verify. */
  readonly secret?: string;
  /** Several, while rotating: each attempt carries a signature of every one. */
  readonly secrets?: readonly string[];
};

/** When failed deliveries are attempted again. */
export type DestinationRetry = {
  /** Waits between attempts, each 20 % shorter to 20 % longer. standard: 5s 5m 30m 2h 5h 10h 14h 20h 24h. */
  readonly schedule?:
    | "standard"
    | "none"
    | readonly string[]
    | {
        /** Waits that grow. */
        readonly exponential: {
          /** Wait before the second attempt. */
          readonly first: string;
          /** What each wait is multiplied by. */
          readonly factor?: number;
          /** No wait is longer. */
          readonly max?: string;
          /** Attempts in all, the first included. */
          readonly attempts?: number;
        };
      };
};

/** Limits of one attempt, one by one. */
export type DestinationTimeouts = {
  /** Until connected; default 5s. */
  readonly connect?: string;
  /** Until the status is there; default 15s, or the total if shorter. */
  readonly headers?: string;
  /** The same as timeout. */
  readonly total?: string;
};

/** What is sent in place of what was received. Texts hold ${{ CEL }} over body, headers, query, method, path, eventType, source, eventId and eventTime. */
export type RouteTransform = {
  /** Any value; its texts are templates. A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Replace those of the request; one that is null is left out. */
  readonly headers?: Readonly<Record<string, string>>;
  /** POST, PUT, PATCH, GET or DELETE. */
  readonly method?: string;
  /** Default: application/json, and text/plain for a body that is a text. */
  readonly contentType?: string;
  /** In place of what came behind the source's URL; values in it are encoded. */
  readonly path?: string;
  /** In place of the request's; a field that is null is left out. */
  readonly query?: Readonly<Record<string, string>>;
};

/** Of a burst of events only the newest is delivered; the others end as cancelled, superseded. */
export type RouteDebounce = {
  /** How long it must be quiet; 100ms to 1h. Events of one key that follow on each other within it become one delivery, of the newest. */
  readonly wait: string;
  /** CEL; events with the same key stand for each other, one without a key is delivered at once. Default: all events of the route. */
  readonly key?: string;
  /** How long a steady stream may put the delivery off; up to 12h. Default: 10 waits. */
  readonly max?: string;
};

export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What happened, in a sentence. */
  readonly detail: string;
  /** Stable; branch on this. */
  readonly code:
    | "storage_unavailable"
    | "storage_full"
    | "storage_busy"
    | "storage_failed"
    | "storage_corrupt"
    | "storage_locked"
    | "schema_mismatch"
    | "config_invalid"
    | "config_unreadable"
    | "config_conflict"
    | "secret_unresolved"
    | "secret_key_invalid"
    | "invalid_request"
    | "invalid_cursor"
    | "unauthorized"
    | "forbidden"
    | "not_found"
    | "method_not_allowed"
    | "name_taken"
    | "resource_in_use"
    | "not_owner"
    | "state_conflict"
    | "body_too_large"
    | "unsupported_media_type"
    | "rate_limited"
    | "shutting_down"
    | "internal_error";
  /** Names this answer in the log; also the header x-request-id. */
  readonly requestId: string;
  /** What to do. */
  readonly hint: string;
  /** Whether the same call may succeed later by itself. */
  readonly retryable: boolean;
  /** What is wrong, field by field; empty when the error is not about fields. */
  readonly problems: readonly FieldProblem[];
};

export type FieldProblem = {
  /** Dotted path of the field; empty for the whole. */
  readonly path: string;
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly suggestion: string | null;
};

export type SourcePage = {
  readonly data: readonly Source[];
  /** For the next call's `cursor`; null at the end of the list. */
  readonly nextCursor: string | null;
};

/** A way in: an ingest URL with its verification. */
export type Source = {
  /** Given by the gateway; stays the same when it is changed. */
  readonly id: string;
  /** Part of URLs and of other resources' references. */
  readonly name: string;
  /** `api`, or `file:<name>` for what a configuration file manages. */
  readonly owner: string;
  /** The configuration version that last changed it. */
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Where its provider has to send requests. */
  readonly url: string;
  /** A note for people. */
  readonly description?: string;
  /** Whether it takes part; a disabled one keeps its name and number. */
  readonly enabled?: boolean;
  readonly provider?: SourceProvider;
  readonly verify?: SourceVerify;
  /** What happens to requests that do not verify: refused, kept until released, or accepted and marked. */
  readonly onFailed?: "reject" | "quarantine" | "flag";
  /** CEL: the type of the event; default: the provider's. */
  readonly eventType?: string;
  readonly dedupe?: SourceDedupe;
  readonly respond?: SourceRespond;
  /** Accepted methods; default: every one. */
  readonly methods?: readonly string[];
  /** Limits of this source. */
  readonly limits?: {
    /** Largest body; default: the server's. */
    readonly body?: string;
    /** Requests per time; default: unlimited. */
    readonly rate?: string;
  };
};

/** A way in: an ingest URL with its verification. */
export type NewSource = {
  readonly name: string;
  /** A note for people. */
  readonly description?: string;
  /** Whether it takes part; a disabled one keeps its name and number. */
  readonly enabled?: boolean;
  readonly provider?: SourceProvider;
  readonly verify?: SourceVerify;
  /** What happens to requests that do not verify: refused, kept until released, or accepted and marked. */
  readonly onFailed?: "reject" | "quarantine" | "flag";
  /** CEL: the type of the event; default: the provider's. */
  readonly eventType?: string;
  readonly dedupe?: SourceDedupe;
  readonly respond?: SourceRespond;
  /** Accepted methods; default: every one. */
  readonly methods?: readonly string[];
  /** Limits of this source. */
  readonly limits?: {
    /** Largest body; default: the server's. */
    readonly body?: string;
    /** Requests per time; default: unlimited. */
    readonly rate?: string;
  };
};

/** A way in: an ingest URL with its verification. */
export type ChangedSource = {
  /** Given by the gateway; stays the same when it is changed. */
  readonly id?: string;
  /** Part of URLs and of other resources' references. */
  readonly name?: string;
  /** `api`, or `file:<name>` for what a configuration file manages. */
  readonly owner?: string;
  /** The configuration version that last changed it. */
  readonly version?: number;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  /** Where its provider has to send requests. */
  readonly url?: string;
  /** A note for people. */
  readonly description?: string;
  /** Whether it takes part; a disabled one keeps its name and number. */
  readonly enabled?: boolean;
  readonly provider?: SourceProvider;
  readonly verify?: SourceVerify;
  /** What happens to requests that do not verify: refused, kept until released, or accepted and marked. */
  readonly onFailed?: "reject" | "quarantine" | "flag";
  /** CEL: the type of the event; default: the provider's. */
  readonly eventType?: string;
  readonly dedupe?: SourceDedupe;
  readonly respond?: SourceRespond;
  /** Accepted methods; default: every one. */
  readonly methods?: readonly string[];
  /** Limits of this source. */
  readonly limits?: {
    /** Largest body; default: the server's. */
    readonly body?: string;
    /** Requests per time; default: unlimited. */
    readonly rate?: string;
  };
};

export type DestinationPage = {
  readonly data: readonly Destination[];
  /** For the next call's `cursor`; null at the end of the list. */
  readonly nextCursor: string | null;
};

/** Where deliveries go. */
export type Destination = {
  /** Given by the gateway; stays the same when it is changed. */
  readonly id: string;
  /** Part of URLs and of other resources' references. */
  readonly name: string;
  /** `api`, or `file:<name>` for what a configuration file manages. */
  readonly owner: string;
  /** The configuration version that last changed it. */
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** A note for people. */
  readonly description?: string;
  /** Whether it takes part; a disabled one keeps its name and number. */
  readonly enabled?: boolean;
  /** http:// or https://; may be or contain a reference. */
  readonly url: string;
  /** Default: the request's, and POST for GET and HEAD. */
  readonly method?: "POST" | "PUT" | "PATCH" | "GET" | "DELETE";
  /** Set on every attempt, replacing those of the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether what came behind the source's URL is appended to the path of this one. */
  readonly path?: "append" | "fixed";
  /** Lets this destination be in a private network or on this machine. */
  readonly allowPrivate?: boolean;
  readonly sign?: DestinationSign;
  readonly retry?: DestinationRetry;
  /** For a whole attempt; default 30s. */
  readonly timeout?: string;
  readonly timeouts?: DestinationTimeouts;
  /** Most attempts at the same time; it adapts below. */
  readonly concurrency?: number;
  /** Attempts per time; default: unlimited. */
  readonly rateLimit?: string;
  /** CEL: deliveries with the same value are made strictly one after the other. */
  readonly orderBy?: string;
  /** Whether attempts stop while the destination keeps failing, until a probe succeeds. */
  readonly circuit?: boolean;
  /** CEL over status, headers, body (as JSON) and text of the answer: whether it means success. Default: every 2xx does. Only the first 16 KiB of an answer are looked at; body is missing for longer ones. */
  readonly success?: string;
};

/** Where deliveries go. */
export type NewDestination = {
  readonly name: string;
  /** A note for people. */
  readonly description?: string;
  /** Whether it takes part; a disabled one keeps its name and number. */
  readonly enabled?: boolean;
  /** http:// or https://; may be or contain a reference. */
  readonly url: string;
  /** Default: the request's, and POST for GET and HEAD. */
  readonly method?: "POST" | "PUT" | "PATCH" | "GET" | "DELETE";
  /** Set on every attempt, replacing those of the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether what came behind the source's URL is appended to the path of this one. */
  readonly path?: "append" | "fixed";
  /** Lets this destination be in a private network or on this machine. */
  readonly allowPrivate?: boolean;
  readonly sign?: DestinationSign;
  readonly retry?: DestinationRetry;
  /** For a whole attempt; default 30s. */
  readonly timeout?: string;
  readonly timeouts?: DestinationTimeouts;
  /** Most attempts at the same time; it adapts below. */
  readonly concurrency?: number;
  /** Attempts per time; default: unlimited. */
  readonly rateLimit?: string;
  /** CEL: deliveries with the same value are made strictly one after the other. */
  readonly orderBy?: string;
  /** Whether attempts stop while the destination keeps failing, until a probe succeeds. */
  readonly circuit?: boolean;
  /** CEL over status, headers, body (as JSON) and text of the answer: whether it means success. Default: every 2xx does. Only the first 16 KiB of an answer are looked at; body is missing for longer ones. */
  readonly success?: string;
};

/** Where deliveries go. */
export type ChangedDestination = {
  /** Given by the gateway; stays the same when it is changed. */
  readonly id?: string;
  /** Part of URLs and of other resources' references. */
  readonly name?: string;
  /** `api`, or `file:<name>` for what a configuration file manages. */
  readonly owner?: string;
  /** The configuration version that last changed it. */
  readonly version?: number;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  /** A note for people. */
  readonly description?: string;
  /** Whether it takes part; a disabled one keeps its name and number. */
  readonly enabled?: boolean;
  /** http:// or https://; may be or contain a reference. */
  readonly url: string;
  /** Default: the request's, and POST for GET and HEAD. */
  readonly method?: "POST" | "PUT" | "PATCH" | "GET" | "DELETE";
  /** Set on every attempt, replacing those of the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether what came behind the source's URL is appended to the path of this one. */
  readonly path?: "append" | "fixed";
  /** Lets this destination be in a private network or on this machine. */
  readonly allowPrivate?: boolean;
  readonly sign?: DestinationSign;
  readonly retry?: DestinationRetry;
  /** For a whole attempt; default 30s. */
  readonly timeout?: string;
  readonly timeouts?: DestinationTimeouts;
  /** Most attempts at the same time; it adapts below. */
  readonly concurrency?: number;
  /** Attempts per time; default: unlimited. */
  readonly rateLimit?: string;
  /** CEL: deliveries with the same value are made strictly one after the other. */
  readonly orderBy?: string;
  /** Whether attempts stop while the destination keeps failing, until a probe succeeds. */
  readonly circuit?: boolean;
  /** CEL over status, headers, body (as JSON) and text of the answer: whether it means success. Default: every 2xx does. Only the first 16 KiB of an answer are looked at; body is missing for longer ones. */
  readonly success?: string;
};

export type DestinationStatus = {
  readonly destination: string;
  readonly destinationId: string;
  /** paused: by a person. suspended: by a 410 or by policy. Both hold deliveries. */
  readonly status: "active" | "paused" | "suspended";
  readonly reason: string | null;
  /** Since when; null: always. */
  readonly since: string | null;
  /** open: it fails, so attempts wait. probing: one event tries whether it is back. */
  readonly circuit: "closed" | "open" | "probing";
  readonly nextProbeAt: string | null;
  /** Attempts being made. */
  readonly inFlight: number;
  /** How many may be made at once, as adapted. */
  readonly concurrency: number;
  /** First attempts not yet made, as far as counted. */
  readonly waiting: number;
  /** Deliveries that wait for a retry. */
  readonly retrying: number;
};

export type PauseReason = {
  readonly reason?: string;
};

export type RoutePage = {
  readonly data: readonly Route[];
  /** For the next call's `cursor`; null at the end of the list. */
  readonly nextCursor: string | null;
};

/** Sends the events of sources that match its condition to a destination. */
export type Route = {
  /** Given by the gateway; stays the same when it is changed. */
  readonly id: string;
  /** Part of URLs and of other resources' references. */
  readonly name: string;
  /** `api`, or `file:<name>` for what a configuration file manages. */
  readonly owner: string;
  /** The configuration version that last changed it. */
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** A note for people. */
  readonly description?: string;
  /** Whether it takes part; a disabled one keeps its name and number. */
  readonly enabled?: boolean;
  /** One source or several. */
  readonly from: string | readonly string[];
  /** A destination's name; or a URL, which makes a destination of the route's name. */
  readonly to: string;
  /** CEL over body, headers, query, method, path, eventType and source; default: every event. */
  readonly when?: string;
  /** raw: the received headers go along, so that the provider's own library still verifies. body: only the body. */
  readonly forward?: "raw" | "body";
  readonly transform?: RouteTransform;
  readonly debounce?: RouteDebounce;
};

/** Sends the events of sources that match its condition to a destination. */
export type NewRoute = {
  readonly name: string;
  /** A note for people. */
  readonly description?: string;
  /** Whether it takes part; a disabled one keeps its name and number. */
  readonly enabled?: boolean;
  /** One source or several. */
  readonly from: string | readonly string[];
  /** A destination's name; or a URL, which makes a destination of the route's name. */
  readonly to: string;
  /** CEL over body, headers, query, method, path, eventType and source; default: every event. */
  readonly when?: string;
  /** raw: the received headers go along, so that the provider's own library still verifies. body: only the body. */
  readonly forward?: "raw" | "body";
  readonly transform?: RouteTransform;
  readonly debounce?: RouteDebounce;
};

/** Sends the events of sources that match its condition to a destination. */
export type ChangedRoute = {
  /** Given by the gateway; stays the same when it is changed. */
  readonly id?: string;
  /** Part of URLs and of other resources' references. */
  readonly name?: string;
  /** `api`, or `file:<name>` for what a configuration file manages. */
  readonly owner?: string;
  /** The configuration version that last changed it. */
  readonly version?: number;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  /** A note for people. */
  readonly description?: string;
  /** Whether it takes part; a disabled one keeps its name and number. */
  readonly enabled?: boolean;
  /** One source or several. */
  readonly from: string | readonly string[];
  /** A destination's name; or a URL, which makes a destination of the route's name. */
  readonly to: string;
  /** CEL over body, headers, query, method, path, eventType and source; default: every event. */
  readonly when?: string;
  /** raw: the received headers go along, so that the provider's own library still verifies. body: only the body. */
  readonly forward?: "raw" | "body";
  readonly transform?: RouteTransform;
  readonly debounce?: RouteDebounce;
};

export type RequestItemPage = {
  readonly data: readonly RequestItem[];
  /** For the next call's `cursor`; null at the end of the list. */
  readonly nextCursor: string | null;
};

export type RequestItem = {
  readonly id: string;
  /** The event it became; null unless accepted. */
  readonly eventId: string | null;
  /** quarantined: did not verify, kept undelivered until somebody releases it. */
  readonly outcome: "accepted" | "duplicate" | "rejected" | "quarantined";
  /** Why it was refused. */
  readonly cause:
    | "verification_failed"
    | "timestamp_out_of_tolerance"
    | "source_disabled"
    | "method_not_allowed"
    | "body_too_large"
    | "address_not_allowed"
    | "rate_limited"
    | null;
  readonly receivedAt: string;
  /** Name of the source; null once it is deleted. */
  readonly source: string | null;
  readonly sourceId: string | null;
  readonly method: string;
  /** What came after /in/<source>, still encoded. */
  readonly path: string;
  /** Without the question mark, still encoded. Credentials are masked. */
  readonly query: string;
  readonly remoteAddress: string;
  readonly contentType: string | null;
  readonly bodyBytes: number;
  readonly eventType: string | null;
  readonly idempotencyKey: string | null;
  readonly verification: Verification;
  /** The event whose idempotency key it repeats. */
  readonly duplicateOf: string | null;
  /** It repeats a key with a different body: kept, not delivered. */
  readonly conflict: boolean;
  /** The quarantined or conflicting request it releases. */
  readonly releases: string | null;
  /** Where it was routed; empty unless accepted. */
  readonly targets: readonly Target[];
};

export type Verification = {
  /** authenticated: a credential matched, which does not cover the body. */
  readonly status: "verified" | "authenticated" | "failed" | "unverified";
  /** Stable code of what failed. */
  readonly reason: string | null;
  readonly message: string | null;
  readonly hint: string | null;
  /** Which of the source's secrets matched, from 0. */
  readonly secretIndex: number | null;
  /** Age of the signed timestamp. */
  readonly ageMs: number | null;
};

export type Target = {
  readonly route: string | null;
  readonly routeId: string | null;
  readonly destination: string | null;
  readonly destinationId: string | null;
  readonly deliveryId: string;
};

export type RequestDetail = {
  readonly id: string;
  /** The event it became; null unless accepted. */
  readonly eventId: string | null;
  /** quarantined: did not verify, kept undelivered until somebody releases it. */
  readonly outcome: "accepted" | "duplicate" | "rejected" | "quarantined";
  /** Why it was refused. */
  readonly cause:
    | "verification_failed"
    | "timestamp_out_of_tolerance"
    | "source_disabled"
    | "method_not_allowed"
    | "body_too_large"
    | "address_not_allowed"
    | "rate_limited"
    | null;
  readonly receivedAt: string;
  /** Name of the source; null once it is deleted. */
  readonly source: string | null;
  readonly sourceId: string | null;
  readonly method: string;
  /** What came after /in/<source>, still encoded. */
  readonly path: string;
  /** Without the question mark, still encoded. Credentials are masked. */
  readonly query: string;
  readonly remoteAddress: string;
  readonly contentType: string | null;
  readonly bodyBytes: number;
  readonly eventType: string | null;
  readonly idempotencyKey: string | null;
  readonly verification: Verification;
  /** The event whose idempotency key it repeats. */
  readonly duplicateOf: string | null;
  /** It repeats a key with a different body: kept, not delivered. */
  readonly conflict: boolean;
  /** The quarantined or conflicting request it releases. */
  readonly releases: string | null;
  /** Where it was routed; empty unless accepted. */
  readonly targets: readonly Target[];
  /** Name and value as received, in order. Credentials are masked. */
  readonly headers: readonly (readonly string[])[];
  /** The configuration it was judged by. */
  readonly configVersion: number;
};

export type Trace = {
  readonly requestId: string;
  readonly eventId: string | null;
  readonly outcome: "accepted" | "duplicate" | "rejected" | "quarantined";
  readonly verification: Verification;
  /** In the order in which they were taken. */
  readonly steps: readonly TraceStep[];
  /** Every route of the source; empty when it was not routed. */
  readonly routes: readonly RouteStep[];
  /** Everything owed for it, replays included. */
  readonly deliveries: readonly DeliveryItem[];
  /** The configuration it was judged by. */
  readonly configVersion: number;
};

export type TraceStep = {
  readonly step: "received" | "admitted" | "verified" | "deduplicated" | "stored" | "routed";
  /** ok: it went on. flagged: it went on, with a remark. stopped: it went no further. skipped: not looked at. */
  readonly status: "ok" | "flagged" | "stopped" | "skipped";
  /** What was found, in a sentence. */
  readonly summary: string;
  readonly at: string | null;
};

export type RouteStep = {
  readonly route: string;
  readonly routeId: string;
  /** error: the condition could not be evaluated, which counts as no match. */
  readonly decision: "matched" | "filtered" | "error" | "disabled" | "already_routed";
  /** The condition; null: every event matches. */
  readonly when: string | null;
  /** Why it was not taken. */
  readonly reason: string | null;
  readonly destination: string;
  readonly delivery: DeliveryItem | null;
};

export type DeliveryItem = {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string | null;
  readonly source: string | null;
  readonly sourceId: string | null;
  /** Name; null once it is deleted. */
  readonly destination: string | null;
  readonly destinationId: string | null;
  /** The route that led here; null for some replays. */
  readonly route: string | null;
  readonly routeId: string | null;
  /** pending: waits for its first attempt or a retry. delivering: an attempt is being made. held: its destination is paused or suspended. dead: nothing will attempt it again without a person or a replay. */
  readonly state: "pending" | "delivering" | "held" | "delivered" | "dead" | "cancelled";
  /** Attempts made that count against the retry schedule. */
  readonly attemptCount: number;
  /** When the next retry is due; null when none is planned. */
  readonly nextAttemptAt: string | null;
  /** Why it is dead, cancelled or being retried. */
  readonly cause: string | null;
  /** The cause as a sentence. */
  readonly causeText: string | null;
  readonly orderKey: string | null;
  /** The replay that made it. */
  readonly replayId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type EventDetail = {
  readonly id: string;
  readonly requestId: string;
  /** Name of the source; null once it is deleted. */
  readonly source: string | null;
  readonly sourceId: string | null;
  readonly eventType: string | null;
  readonly idempotencyKey: string | null;
  readonly receivedAt: string;
  readonly verification: "verified" | "authenticated" | "failed" | "unverified";
  readonly contentType: string | null;
  readonly bodyBytes: number;
  /** Where it was routed; empty: it matched no route. */
  readonly targets: readonly Target[];
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Name and value as received, in order. Credentials are masked. */
  readonly headers: readonly (readonly string[])[];
};

export type EventItemPage = {
  readonly data: readonly EventItem[];
  /** For the next call's `cursor`; null at the end of the list. */
  readonly nextCursor: string | null;
};

export type EventItem = {
  readonly id: string;
  readonly requestId: string;
  /** Name of the source; null once it is deleted. */
  readonly source: string | null;
  readonly sourceId: string | null;
  readonly eventType: string | null;
  readonly idempotencyKey: string | null;
  readonly receivedAt: string;
  readonly verification: "verified" | "authenticated" | "failed" | "unverified";
  readonly contentType: string | null;
  readonly bodyBytes: number;
  /** Where it was routed; empty: it matched no route. */
  readonly targets: readonly Target[];
};

export type DeliveryItemPage = {
  readonly data: readonly DeliveryItem[];
  /** For the next call's `cursor`; null at the end of the list. */
  readonly nextCursor: string | null;
};

export type AttemptItemPage = {
  readonly data: readonly AttemptItem[];
  /** For the next call's `cursor`; null at the end of the list. */
  readonly nextCursor: string | null;
};

export type AttemptItem = {
  readonly id: string;
  readonly deliveryId: string;
  readonly eventId: string;
  readonly eventType: string | null;
  readonly source: string | null;
  readonly sourceId: string | null;
  readonly destination: string | null;
  readonly destinationId: string | null;
  /** Counted from 1 within its delivery. */
  readonly number: number;
  readonly trigger: "initial" | "retry" | "manual" | "probe" | "replay";
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: "success" | "failure";
  /** Why it failed. */
  readonly cause:
    | "dns"
    | "connect"
    | "tls"
    | "timeout_connect"
    | "timeout_headers"
    | "timeout_total"
    | "reset"
    | "protocol"
    | "blocked_address"
    | "invalid_request"
    | "transform_failed"
    | "redirect"
    | "status_4xx"
    | "status_410"
    | "status_429"
    | "status_5xx"
    | "status_other"
    | "answer_not_accepted"
    | "aborted"
    | null;
  /** The cause as a sentence. */
  readonly causeText: string | null;
  /** What happened, in the words of the resolver, the socket, the parser, the template or the success condition. */
  readonly detail: string | null;
  /** What the destination answered; null when it did not. */
  readonly status: number | null;
  /** The address actually connected to. */
  readonly remoteAddress: string | null;
};

export type AttemptDetail = {
  readonly id: string;
  readonly deliveryId: string;
  readonly eventId: string;
  readonly eventType: string | null;
  readonly source: string | null;
  readonly sourceId: string | null;
  readonly destination: string | null;
  readonly destinationId: string | null;
  /** Counted from 1 within its delivery. */
  readonly number: number;
  readonly trigger: "initial" | "retry" | "manual" | "probe" | "replay";
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: "success" | "failure";
  /** Why it failed. */
  readonly cause:
    | "dns"
    | "connect"
    | "tls"
    | "timeout_connect"
    | "timeout_headers"
    | "timeout_total"
    | "reset"
    | "protocol"
    | "blocked_address"
    | "invalid_request"
    | "transform_failed"
    | "redirect"
    | "status_4xx"
    | "status_410"
    | "status_429"
    | "status_5xx"
    | "status_other"
    | "answer_not_accepted"
    | "aborted"
    | null;
  /** The cause as a sentence. */
  readonly causeText: string | null;
  /** What happened, in the words of the resolver, the socket, the parser, the template or the success condition. */
  readonly detail: string | null;
  /** What the destination answered; null when it did not. */
  readonly status: number | null;
  /** The address actually connected to. */
  readonly remoteAddress: string | null;
  /** What was kept of the answer; null when nothing was. */
  readonly response: {
    readonly status: number | null;
    /** Name and value as received, in order. Credentials are masked. */
    readonly headers: readonly (readonly string[])[];
    /** The first bytes of the answer. */
    readonly bodyBase64: string;
    /** The same as text; null when it is not UTF-8. */
    readonly bodyText: string | null;
    readonly truncated: boolean;
  } | null;
};

export type Replay = {
  readonly dryRun: false;
  readonly id: string;
  readonly state: "running" | "done" | "cancelled" | "failed";
  readonly aim: "original" | "current" | "destination";
  /** Events selected. */
  readonly eventCount: number;
  /** Deliveries to be made. */
  readonly deliveryCount: number;
  /** Deliveries that are not made, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Deliveries made so far. */
  readonly madeCount: number;
  readonly ratePerSecond: number | null;
  /** Why it failed. */
  readonly cause: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type ReplayPlan = {
  readonly dryRun: true;
  /** Events selected. */
  readonly eventCount: number;
  /** Deliveries to be made. */
  readonly deliveryCount: number;
  /** Deliveries that are not made, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
};

export type NewReplay = {
  /** Ids of events (`evt_…`). */
  readonly events?: readonly string[];
  /** Every event that fits; `{}` fits all. */
  readonly filter?: {
    readonly source?: string;
    readonly eventType?: string;
    /** Received at or after. */
    readonly from?: string;
    /** Received before. */
    readonly to?: string;
    /** Only events that matched no route. */
    readonly unmatched?: true;
    /** Only events with a delivery to this destination. */
    readonly destination?: string;
    /** Only deliveries in one of these states are made again. */
    readonly deliveryStates?: readonly ("dead" | "cancelled" | "delivered")[];
  };
  /** Lead to this destination, whatever the routes say. */
  readonly destination?: string;
  /** original: where each event was routed when it came. current: where today's routes lead. */
  readonly routes?: "original" | "current";
  /** New deliveries per second; default: as fast as they are taken. */
  readonly ratePerSecond?: number;
  /** Only count what would be done. */
  readonly dryRun?: boolean;
};

export type ReplayPage = {
  readonly data: readonly Replay[];
  /** For the next call's `cursor`; null at the end of the list. */
  readonly nextCursor: string | null;
};

export type ConfigFile = Readonly<Record<string, unknown>>;

export type Plan = {
  readonly dryRun: boolean;
  /** The version the plan was made against. */
  readonly baseVersion: number;
  /** The new version; null for a dry run. */
  readonly version: number | null;
  readonly changes: readonly PlannedChange[];
  /** What it would have meant for past requests; null unless `past` asked for it. */
  readonly effect: PlanEffect | null;
};

export type PlannedChange = {
  readonly kind: "sources" | "destinations" | "routes";
  readonly name: string;
  /** foreign: it has another owner and is not touched. */
  readonly action: "add" | "change" | "remove" | "keep" | "foreign";
  /** Who owns it, when foreign. */
  readonly owner: string | null;
  /** What changes; null where it is not set. Secrets are not shown. */
  readonly fields: readonly {
    readonly path: string;
    readonly before?: unknown;
    readonly after?: unknown;
  }[];
};

export type PlanEffect = {
  /** Accepted requests that were looked at, the newest ones. */
  readonly requestCount: number;
  readonly routes: readonly {
    readonly route: string;
    /** Requests that take the route today. */
    readonly before: number;
    /** Requests that would take it. */
    readonly after: number;
    readonly gained: number;
    readonly lost: number;
  }[];
};

export type ConfigVersionPage = {
  readonly data: readonly ConfigVersion[];
  /** For the next call's `cursor`; null at the end of the list. */
  readonly nextCursor: string | null;
};

export type ConfigVersion = {
  readonly version: number;
  readonly at: string;
  readonly owner: string | null;
  readonly summary: string | null;
};

export type CreatedKey = {
  readonly id: string;
  readonly name: string;
  /** The first characters of the key. */
  readonly prefix: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** To about ten minutes. */
  readonly lastUsedAt: string | null;
  /** The key itself, shown only here. */
  readonly key: string;
};

export type NewKey = {
  readonly name: string;
  /** When it stops working; default: never. */
  readonly expiresAt?: string;
};

export type KeyPage = {
  readonly data: readonly Key[];
  /** For the next call's `cursor`; null at the end of the list. */
  readonly nextCursor: string | null;
};

export type Key = {
  readonly id: string;
  readonly name: string;
  /** The first characters of the key. */
  readonly prefix: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** To about ten minutes. */
  readonly lastUsedAt: string | null;
};

export type Ledger = {
  /** By outcome. */
  readonly requests: Readonly<Record<string, number>>;
  /** Accepted requests. */
  readonly events: number;
  /** Events that matched no route. */
  readonly unmatched: number;
  /** Deliveries: one per event and destination, plus replays. */
  readonly owed: number;
  readonly delivered: number;
  /** Waiting for a first attempt or a retry; held ones included. */
  readonly pending: number;
  readonly dead: number;
  readonly cancelled: number;
  readonly pendingByDestination: readonly {
    readonly destination: string | null;
    readonly destinationId: string | null;
    readonly pending: number;
  }[];
  /** Contradictions found; empty when everything adds up. */
  readonly problems: readonly string[];
};

export type Readiness = {
  readonly ready: boolean;
  /** Codes of errors. */
  readonly reasons: readonly string[];
};

/** What each call takes and answers: `json`, or `bytes` when it is anything else. */
export type Paths = {
  "/api/v1/sources": {
    /** List sources by name */
    readonly get: {
      readonly input: {
        readonly query?: {
          /** How many at most. */
          readonly limit?: number | undefined;
          /** `nextCursor` of the previous page, with the same filters. */
          readonly cursor?: string | undefined;
        };
      };
      readonly json: SourcePage;
    };
    /** Create a source */
    readonly post: { readonly input: { readonly body: NewSource }; readonly json: Source };
  };
  "/api/v1/sources/{nameOrId}": {
    /** Show one source */
    readonly get: {
      readonly input: {
        readonly path: {
          readonly nameOrId: string;
        };
      };
      readonly json: Source;
    };
    /** Replace a source */
    readonly put: {
      readonly input: {
        readonly path: {
          readonly nameOrId: string;
        };
        readonly body: ChangedSource;
      };
      readonly json: Source;
    };
    /** Delete a source */
    readonly delete: {
      readonly input: {
        readonly path: {
          readonly nameOrId: string;
        };
      };
      readonly json: undefined;
    };
  };
  "/api/v1/destinations": {
    /** List destinations by name */
    readonly get: {
      readonly input: {
        readonly query?: {
          /** How many at most. */
          readonly limit?: number | undefined;
          /** `nextCursor` of the previous page, with the same filters. */
          readonly cursor?: string | undefined;
        };
      };
      readonly json: DestinationPage;
    };
    /** Create a destination */
    readonly post: {
      readonly input: { readonly body: NewDestination };
      readonly json: Destination;
    };
  };
  "/api/v1/destinations/{nameOrId}": {
    /** Show one destination */
    readonly get: {
      readonly input: {
        readonly path: {
          readonly nameOrId: string;
        };
      };
      readonly json: Destination;
    };
    /** Replace a destination */
    readonly put: {
      readonly input: {
        readonly path: {
          readonly nameOrId: string;
        };
        readonly body: ChangedDestination;
      };
      readonly json: Destination;
    };
    /** Delete a destination */
    readonly delete: {
      readonly input: {
        readonly path: {
          readonly nameOrId: string;
        };
      };
      readonly json: undefined;
    };
  };
  "/api/v1/destinations/{nameOrId}/status": {
    /** Show how a destination is doing */
    readonly get: {
      readonly input: {
        readonly path: {
          readonly nameOrId: string;
        };
      };
      readonly json: DestinationStatus;
    };
  };
  "/api/v1/destinations/{nameOrId}/pause": {
    /** Hold everything for a destination */
    readonly post: {
      readonly input: {
        readonly path: {
          readonly nameOrId: string;
        };
        readonly body?: PauseReason;
      };
      readonly json: DestinationStatus;
    };
  };
  "/api/v1/destinations/{nameOrId}/resume": {
    /** Go on with a paused or suspended destination */
    readonly post: {
      readonly input: {
        readonly path: {
          readonly nameOrId: string;
        };
      };
      readonly json: DestinationStatus;
    };
  };
  "/api/v1/routes": {
    /** List routes by name */
    readonly get: {
      readonly input: {
        readonly query?: {
          /** How many at most. */
          readonly limit?: number | undefined;
          /** `nextCursor` of the previous page, with the same filters. */
          readonly cursor?: string | undefined;
        };
      };
      readonly json: RoutePage;
    };
    /** Create a route */
    readonly post: { readonly input: { readonly body: NewRoute }; readonly json: Route };
  };
  "/api/v1/routes/{nameOrId}": {
    /** Show one route */
    readonly get: {
      readonly input: {
        readonly path: {
          readonly nameOrId: string;
        };
      };
      readonly json: Route;
    };
    /** Replace a route */
    readonly put: {
      readonly input: {
        readonly path: {
          readonly nameOrId: string;
        };
        readonly body: ChangedRoute;
      };
      readonly json: Route;
    };
    /** Delete a route */
    readonly delete: {
      readonly input: {
        readonly path: {
          readonly nameOrId: string;
        };
      };
      readonly json: undefined;
    };
  };
  "/api/v1/requests": {
    /** List requests, newest first */
    readonly get: {
      readonly input: {
        readonly query?: {
          /** Name or id. */
          readonly source?: string | undefined;
          /** What became of it. One or more, separated by commas: accepted, duplicate, rejected, quarantined. */
          readonly outcome?: string | undefined;
          readonly eventType?: string | undefined;
          readonly idempotencyKey?: string | undefined;
          /** Received at or after. */
          readonly from?: string | undefined;
          /** Received before. */
          readonly to?: string | undefined;
          /** How many at most. */
          readonly limit?: number | undefined;
          /** `nextCursor` of the previous page, with the same filters. */
          readonly cursor?: string | undefined;
        };
      };
      readonly json: RequestItemPage;
    };
  };
  "/api/v1/requests/{id}": {
    /** Show one request */
    readonly get: {
      readonly input: {
        readonly path: {
          /** `req_…` */
          readonly id: string;
        };
      };
      readonly json: RequestDetail;
    };
  };
  "/api/v1/requests/{id}/body": {
    /** Download the body, byte for byte */
    readonly get: {
      readonly input: {
        readonly path: {
          /** `req_…` */
          readonly id: string;
        };
      };
      readonly bytes: Uint8Array;
    };
  };
  "/api/v1/requests/{id}/trace": {
    /** Explain what happened to a request, and why */
    readonly get: {
      readonly input: {
        readonly path: {
          /** `req_…` */
          readonly id: string;
        };
      };
      readonly json: Trace;
    };
  };
  "/api/v1/requests/{id}/release": {
    /** Release a quarantined or conflicting request */
    readonly post: {
      readonly input: {
        readonly path: {
          /** `req_…` */
          readonly id: string;
        };
        readonly body?: {
          readonly force?: boolean;
        };
      };
      readonly json: EventDetail;
    };
  };
  "/api/v1/events": {
    /** List events, newest first */
    readonly get: {
      readonly input: {
        readonly query?: {
          /** Name or id. */
          readonly source?: string | undefined;
          /** Name or id: only events routed to it. */
          readonly destination?: string | undefined;
          readonly eventType?: string | undefined;
          readonly idempotencyKey?: string | undefined;
          /** `true`: only events that matched no route. */
          readonly unmatched?: "true" | "false" | undefined;
          /** Received at or after. */
          readonly from?: string | undefined;
          /** Received before. */
          readonly to?: string | undefined;
          /** How many at most. */
          readonly limit?: number | undefined;
          /** `nextCursor` of the previous page, with the same filters. */
          readonly cursor?: string | undefined;
        };
      };
      readonly json: EventItemPage;
    };
  };
  "/api/v1/events/{id}": {
    /** Show one event */
    readonly get: {
      readonly input: {
        readonly path: {
          /** `evt_…` */
          readonly id: string;
        };
      };
      readonly json: EventDetail;
    };
  };
  "/api/v1/events/{id}/body": {
    /** Download the body, byte for byte */
    readonly get: {
      readonly input: {
        readonly path: {
          /** `evt_…` */
          readonly id: string;
        };
      };
      readonly bytes: Uint8Array;
    };
  };
  "/api/v1/events/{id}/deliveries": {
    /** List everything owed for an event, replays included */
    readonly get: {
      readonly input: {
        readonly path: {
          /** `evt_…` */
          readonly id: string;
        };
        readonly query?: {
          /** How many at most. */
          readonly limit?: number | undefined;
          /** `nextCursor` of the previous page, with the same filters. */
          readonly cursor?: string | undefined;
        };
      };
      readonly json: DeliveryItemPage;
    };
  };
  "/api/v1/deliveries": {
    /** List deliveries, newest event first */
    readonly get: {
      readonly input: {
        readonly query?: {
          /** Name or id. */
          readonly destination?: string | undefined;
          /** How far it has got. One or more, separated by commas: pending, delivering, held, delivered, dead, cancelled. */
          readonly state?: string | undefined;
          /** `evt_…`: everything owed for it. */
          readonly event?: string | undefined;
          /** `op_…`: what the replay made. */
          readonly replay?: string | undefined;
          /** How many at most. */
          readonly limit?: number | undefined;
          /** `nextCursor` of the previous page, with the same filters. */
          readonly cursor?: string | undefined;
        };
      };
      readonly json: DeliveryItemPage;
    };
  };
  "/api/v1/deliveries/{id}": {
    /** Show one delivery */
    readonly get: {
      readonly input: {
        readonly path: {
          /** `dlv_…` */
          readonly id: string;
        };
      };
      readonly json: DeliveryItem;
    };
  };
  "/api/v1/deliveries/{id}/attempts": {
    /** List the attempts made for a delivery, oldest first */
    readonly get: {
      readonly input: {
        readonly path: {
          /** `dlv_…` */
          readonly id: string;
        };
        readonly query?: {
          /** How many at most. */
          readonly limit?: number | undefined;
          /** `nextCursor` of the previous page, with the same filters. */
          readonly cursor?: string | undefined;
        };
      };
      readonly json: AttemptItemPage;
    };
  };
  "/api/v1/deliveries/{id}/retry": {
    /** Attempt a pending or dead delivery now */
    readonly post: {
      readonly input: {
        readonly path: {
          /** `dlv_…` */
          readonly id: string;
        };
      };
      readonly json: DeliveryItem;
    };
  };
  "/api/v1/deliveries/{id}/cancel": {
    /** End a pending or dead delivery */
    readonly post: {
      readonly input: {
        readonly path: {
          /** `dlv_…` */
          readonly id: string;
        };
      };
      readonly json: DeliveryItem;
    };
  };
  "/api/v1/attempts": {
    /** List attempts, newest first */
    readonly get: {
      readonly input: {
        readonly query?: {
          /** Name or id. */
          readonly destination?: string | undefined;
          readonly outcome?: "success" | "failure" | undefined;
          /** How many at most. */
          readonly limit?: number | undefined;
          /** `nextCursor` of the previous page, with the same filters. */
          readonly cursor?: string | undefined;
        };
      };
      readonly json: AttemptItemPage;
    };
  };
  "/api/v1/attempts/{id}": {
    /** Show one attempt, with the answer it got */
    readonly get: {
      readonly input: {
        readonly path: {
          /** `att_…` */
          readonly id: string;
        };
      };
      readonly json: AttemptDetail;
    };
  };
  "/api/v1/replays": {
    /** Replay stored events */
    readonly post: {
      readonly input: { readonly body: NewReplay };
      readonly json: Replay | ReplayPlan;
    };
    /** List replays, newest first */
    readonly get: {
      readonly input: {
        readonly query?: {
          /** How many at most. */
          readonly limit?: number | undefined;
          /** `nextCursor` of the previous page, with the same filters. */
          readonly cursor?: string | undefined;
        };
      };
      readonly json: ReplayPage;
    };
  };
  "/api/v1/replays/{id}": {
    /** Show one replay and how far it has got */
    readonly get: {
      readonly input: {
        readonly path: {
          /** `op_…` */
          readonly id: string;
        };
      };
      readonly json: Replay;
    };
  };
  "/api/v1/replays/{id}/cancel": {
    /** Make no further deliveries */
    readonly post: {
      readonly input: {
        readonly path: {
          /** `op_…` */
          readonly id: string;
        };
      };
      readonly json: Replay;
    };
  };
  "/api/v1/config": {
    /** Export the configuration */
    readonly get: {
      readonly input: {
        readonly query?: {
          readonly format?: "json" | "yaml" | undefined;
        };
      };
      readonly json: ConfigFile;
    };
    /** Apply a configuration document, or plan to */
    readonly put: {
      readonly input: {
        readonly query?: {
          /** Who owns what the document describes: api or file:<name>. */
          readonly owner?: string | undefined;
          /** `true`: remove what the owner has and the document lacks. */
          readonly prune?: "true" | "false" | undefined;
          /** `true`: only answer what would change. */
          readonly dryRun?: "true" | "false" | undefined;
          /** With `dryRun`: play so many of the newest accepted requests through the configuration of today and the planned one. */
          readonly past?: number | null | undefined;
        };
        readonly text: {
          readonly type:
            | "application/json"
            | "application/yaml"
            | "application/x-yaml"
            | "text/yaml";
          readonly content: string;
        };
      };
      readonly json: Plan;
    };
  };
  "/api/v1/config/history": {
    /** List versions of the configuration, newest first */
    readonly get: {
      readonly input: {
        readonly query?: {
          /** How many at most. */
          readonly limit?: number | undefined;
          /** `nextCursor` of the previous page, with the same filters. */
          readonly cursor?: string | undefined;
        };
      };
      readonly json: ConfigVersionPage;
    };
  };
  "/api/v1/stream": {
    /** Follow what happens, as it happens */
    readonly get: {
      readonly input: {
        readonly query?: {
          /** What to follow. One or more, separated by commas: request, attempt. */
          readonly types?: string | undefined;
          /** Name or id. */
          readonly source?: string | undefined;
          /** Name or id. */
          readonly destination?: string | undefined;
          readonly eventType?: string | undefined;
        };
      };
      readonly bytes: Uint8Array;
    };
  };
  "/api/v1/keys": {
    /** Create an API key */
    readonly post: { readonly input: { readonly body: NewKey }; readonly json: CreatedKey };
    /** List API keys */
    readonly get: {
      readonly input: {
        readonly query?: {
          /** How many at most. */
          readonly limit?: number | undefined;
          /** `nextCursor` of the previous page, with the same filters. */
          readonly cursor?: string | undefined;
        };
      };
      readonly json: KeyPage;
    };
  };
  "/api/v1/keys/{id}": {
    /** Revoke an API key */
    readonly delete: {
      readonly input: {
        readonly path: {
          /** `key_…` */
          readonly id: string;
        };
      };
      readonly json: undefined;
    };
  };
  "/api/v1/ledger": {
    /** Count everything that was accepted and what became of it */
    readonly get: { readonly input: {}; readonly json: Ledger };
  };
  "/metrics": {
    /** Metrics in Prometheus text format */
    readonly get: { readonly input: {}; readonly bytes: Uint8Array };
  };
  "/livez": {
    /** Whether the process answers */
    readonly get: { readonly input: {}; readonly bytes: Uint8Array };
  };
  "/readyz": {
    /** Whether requests are accepted; 503 with the reasons when not */
    readonly get: { readonly input: {}; readonly json: Readiness };
  };
  "/openapi.json": {
    /** This document */
    readonly get: { readonly input: {}; readonly json: Readonly<Record<string, unknown>> };
  };
  "/schema/v1.json": {
    /** JSON Schema of the configuration file, for editors */
    readonly get: { readonly input: {}; readonly json: Readonly<Record<string, unknown>> };
  };
  "/": {
    /** A page that tells where everything is */
    readonly get: { readonly input: {}; readonly bytes: Uint8Array };
  };
};
