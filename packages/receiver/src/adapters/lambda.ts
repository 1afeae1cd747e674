/**
 * Receives webhooks in AWS Lambda behind API Gateway (REST and HTTP APIs), function URLs and
 * application load balancers.
 *
 * The gateways decode text for JSON, so a body arrives as text or, what is binary, as base64. Text is
 * encoded as UTF-8 again, which gives the same bytes for every body that is UTF-8, as JSON is (RFC
 * 8259 section 8.1). For others, let the gateway treat the type as binary.
 *
 * Lambda freezes the program once it has answered, so acknowledging before the work is refused.
 *
 * Source: AWS documentation, "Working with AWS Lambda proxy integrations for HTTP APIs", "Lambda proxy
 * integrations in API Gateway", "Lambda functions as targets".
 */
import { ReceiverError } from "../errors.ts";
import { type HeaderLookup, headersFromRecord } from "../headers.ts";
import type { Answer } from "../receive/answer.ts";
import type { IncomingWebhook } from "../receive/incoming.ts";
import type { Receiver } from "../receive/receiver.ts";
import { bytesRead } from "./body-consumed.ts";

type Values = Readonly<Record<string, string | undefined>> | null;
type ManyValues = Readonly<Record<string, readonly string[] | undefined>> | null;

/** API Gateway's payload format 2.0: HTTP APIs and function URLs. */
export type LambdaEventV2 = {
  readonly version: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestContext: {
    readonly http: { readonly method: string; readonly sourceIp: string };
  };
  readonly body?: string | null | undefined;
  readonly isBase64Encoded: boolean;
};

/** Payload format 1.0 (REST APIs, some HTTP APIs) and load balancers. */
export type LambdaEventV1 = {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers?: Values | undefined;
  readonly multiValueHeaders?: ManyValues | undefined;
  readonly queryStringParameters?: Values | undefined;
  readonly multiValueQueryStringParameters?: ManyValues | undefined;
  readonly requestContext: object;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
};

export type LambdaEvent = LambdaEventV1 | LambdaEventV2;

export type LambdaResult = {
  readonly statusCode: number;
  readonly headers?: Record<string, string>;
  readonly multiValueHeaders?: Record<string, string[]>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
};

/**
 * @throws {option_invalid} if the receiver acknowledges before
 * @example
 * export const handler = lambdaHandler(receiver({ provider: stripe, secrets, onEvent }));
 */
export function lambdaHandler(webhooks: Receiver): (event: LambdaEvent) => Promise<LambdaResult> {
  if (webhooks.acknowledge === "before") {
    throw new ReceiverError(
      "option_invalid",
      'Lambda stops the program once it has answered, so acknowledge: "before" would lose events.',
      'Use acknowledge: "after", and for long work put the event into SQS from onEvent.',
    );
  }
  return async (event) => resultOf(event, await webhooks.handle(incomingFrom(event)));
}

function incomingFrom(event: LambdaEvent): IncomingWebhook {
  const request = "rawPath" in event ? requestV2(event) : requestV1(event);
  return {
    ...request,
    readBody: async ({ maxBytes }) => {
      const encoding = event.isBase64Encoded ? "base64" : "utf8";
      return bytesRead(Buffer.from(event.body ?? "", encoding), maxBytes);
    },
  };
}

type Request = Omit<IncomingWebhook, "readBody">;

function requestV2({ rawPath, rawQueryString, headers, requestContext }: LambdaEventV2): Request {
  return {
    method: requestContext.http.method,
    url: rawQueryString === "" ? rawPath : `${rawPath}?${rawQueryString}`,
    headers: headersFromRecord(headers),
    address: requestContext.http.sourceIp,
  };
}

function requestV1(event: LambdaEventV1): Request {
  // The second form has everything that came several times; which of them there is, is a setting.
  const headers = headersFromRecord(event.multiValueHeaders ?? event.headers ?? {});
  return {
    method: event.httpMethod,
    url: `${event.path}${queryOf(event)}`,
    headers,
    address: addressOf(event.requestContext, headers),
  };
}

/** A load balancer passes the query as it came, API Gateway decodes it. */
function queryOf(event: LambdaEventV1): string {
  const { multiValueQueryStringParameters: many, queryStringParameters: one } = event;
  const written = isLoadBalancer(event.requestContext)
    ? (text: string) => text
    : (text: string) => encodeURIComponent(text);
  const lists = Object.entries<readonly string[] | string | undefined>(many ?? one ?? {});
  const pairs = lists.flatMap(([name, values = []]) =>
    [values].flat().map((value) => `${written(name)}=${written(value)}`),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/** A load balancer appends the address to a header instead of passing it. */
function addressOf(requestContext: object, headers: HeaderLookup): string | undefined {
  if (isLoadBalancer(requestContext)) {
    return headers.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  }
  const { identity } = requestContext as { readonly identity?: { readonly sourceIp?: string } };
  return identity?.sourceIp;
}

function isLoadBalancer(requestContext: object): boolean {
  return "elb" in requestContext;
}

function resultOf(event: LambdaEvent, { status, headers, body }: Answer): LambdaResult {
  const common = {
    statusCode: status,
    body: Buffer.from(body).toString("base64"),
    isBase64Encoded: true,
  };
  // A load balancer that sends lists of values takes no others.
  return "multiValueHeaders" in event && event.multiValueHeaders !== undefined
    ? {
        ...common,
        multiValueHeaders: Object.fromEntries(headers.map(([name, value]) => [name, [value]])),
      }
    : { ...common, headers: Object.fromEntries(headers) };
}
