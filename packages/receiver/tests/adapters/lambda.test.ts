/**
 * The adapter for AWS Lambda, with events in the shapes that API Gateway, function URLs and load
 * balancers send; the compiler holds them against AWS's published types.
 */
import type {
  ALBEvent,
  ALBResult,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyResult,
  APIGatewayProxyStructuredResultV2,
} from "aws-lambda";
import { expect, test } from "vitest";
import { lambdaHandler, type LambdaEvent } from "../../src/adapters/lambda.ts";
import {
  genericRecipe,
  receiver,
  type ReceiverOptions,
  type RequestHead,
  signRequest,
  stripe,
  type WebhookEvent,
} from "../../src/index.ts";
import { SECRET, stripeRequest, type StripeRequest } from "./stripe-sender.ts";

type Setup = {
  readonly handler: ReturnType<typeof lambdaHandler>;
  readonly events: WebhookEvent[];
};

function setUp(options: Partial<ReceiverOptions> = {}): Setup {
  const events: WebhookEvent[] = [];
  const webhooks = receiver({
    provider: stripe,
    secrets: SECRET,
    onEvent: (event) => events.push(event),
    onOutcome: () => undefined,
    ...options,
  });
  return { handler: lambdaHandler(webhooks), events };
}

type Encoded = Pick<LambdaEvent, "body" | "isBase64Encoded">;

function asText({ body }: StripeRequest): Encoded & { body: string } {
  return { body, isBase64Encoded: false };
}

function asBase64({ body }: StripeRequest): Encoded & { body: string } {
  return { body: Buffer.from(body).toString("base64"), isBase64Encoded: true };
}

/** HTTP API and function URL. */
function eventV2(request: StripeRequest, encode = asText): APIGatewayProxyEventV2 {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: "/hooks/stripe",
    rawQueryString: "a=%20b",
    headers: request.headers,
    requestContext: {
      accountId: "1",
      apiId: "api",
      domainName: "api.execute-api.eu-central-1.amazonaws.com",
      domainPrefix: "api",
      http: {
        method: request.method,
        path: "/hooks/stripe",
        protocol: "HTTP/1.1",
        sourceIp: "192.0.2.7",
        userAgent: "Stripe/1.0",
      },
      requestId: "r",
      routeKey: "$default",
      stage: "$default",
      time: "01/Jan/2026:00:00:00 +0000",
      timeEpoch: 0,
    },
    ...encode(request),
  };
}

/** REST API. */
function eventV1(request: StripeRequest, encode = asText): APIGatewayProxyEvent {
  const lists = Object.entries(request.headers).map(([name, value]) => [name, [value]]);
  return {
    resource: "/hooks/stripe",
    path: "/hooks/stripe",
    httpMethod: request.method,
    headers: request.headers,
    multiValueHeaders: Object.fromEntries(lists) as Record<string, string[]>,
    queryStringParameters: { a: " b" },
    multiValueQueryStringParameters: { a: [" b", "c"] },
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      identity: { sourceIp: "192.0.2.7" },
    } as APIGatewayProxyEvent["requestContext"],
    ...encode(request),
  };
}

function albEvent(request: StripeRequest, headers: "single" | "multi"): ALBEvent {
  const forwarded: Record<string, string> = {
    ...request.headers,
    "x-forwarded-for": "203.0.113.9, 192.0.2.7",
  };
  const lists = Object.entries(forwarded).map(([name, value]) => [name, [value]]);
  return {
    httpMethod: request.method,
    path: "/hooks/stripe",
    requestContext: { elb: { targetGroupArn: "arn" } },
    ...(headers === "single"
      ? { headers: forwarded, queryStringParameters: { a: "%20b" } }
      : {
          multiValueHeaders: Object.fromEntries(lists) as Record<string, string[]>,
          multiValueQueryStringParameters: { a: ["%20b"] },
        }),
    ...asBase64(request),
  };
}

const SHAPES: readonly (readonly [string, (request: StripeRequest) => LambdaEvent])[] = [
  ["HTTP API, text", (request) => eventV2(request)],
  ["HTTP API or function URL, base64", (request) => eventV2(request, asBase64)],
  ["REST API, text", (request) => eventV1(request)],
  ["REST API, base64", (request) => eventV1(request, asBase64)],
  ["load balancer", (request) => albEvent(request, "single")],
  ["load balancer with lists of values", (request) => albEvent(request, "multi")],
];

test.each(SHAPES)("%s: the event arrives byte for byte, from its address", async (_, shape) => {
  const { handler, events } = setUp({ allow: ["192.0.2.7"] });
  const request = stripeRequest();
  const result = await handler(shape(request));
  expect(result).toMatchObject({ statusCode: 200, isBase64Encoded: true });
  expect(Buffer.from(result.body, "base64").toString()).toBe("accepted");
  expect(Buffer.from(events[0]!.raw).toString()).toBe(request.body);
});

test.each(SHAPES)("%s: a wrong signature, a duplicate, a long body, a method", async (_, shape) => {
  const { handler, events } = setUp({ maxBodyBytes: 1_000 });
  const status = async (request: StripeRequest): Promise<number> => {
    return (await handler(shape(request))).statusCode;
  };
  expect(await status(stripeRequest({ secret: `${SECRET}0` }))).toBe(401);
  const request = stripeRequest();
  expect([await status(request), await status(request)]).toEqual([200, 200]);
  expect(events).toHaveLength(1);
  expect(await status({ ...request, body: "x".repeat(1_001) })).toBe(413);
  expect(await status({ ...request, method: "GET" })).toBe(405);
});

test("a request without a body has an empty one", async () => {
  const { handler } = setUp();
  const { body: _none, ...withoutBody } = eventV2(stripeRequest());
  expect((await handler(withoutBody)).statusCode).toBe(401);
  expect((await handler({ ...eventV1(stripeRequest()), body: null })).statusCode).toBe(401);
});

test("headers answer in the form that was asked in", async () => {
  const { handler } = setUp();
  const single = await handler(albEvent(stripeRequest(), "single"));
  expect(single.headers).toMatchObject({ "cache-control": "no-store" });
  const multi = await handler(albEvent(stripeRequest(), "multi"));
  expect(multi.multiValueHeaders).toMatchObject({ "cache-control": ["no-store"] });
  expect(multi.headers).toBeUndefined();
});

test("the URL is as near to the one called as the gateway allows", async () => {
  const recipe = genericRecipe({ header: "x-signature", signed: "{url}" });
  const seen: string[] = [];
  const publicUrl = ({ url }: RequestHead): string => {
    seen.push(url);
    return url;
  };
  const { handler } = setUp({ provider: { name: "url", recipe }, publicUrl });
  const headers = signRequest(
    { recipe },
    { secret: SECRET, body: new Uint8Array(), nowMs: 0, url: "/hooks/stripe?a=%20b" },
  );
  const request = { ...stripeRequest(), headers: { ...headers } };
  for (const event of [eventV2(request), albEvent(request, "single"), albEvent(request, "multi")]) {
    expect((await handler(event)).statusCode).toBe(200);
  }
  await handler(eventV1(request));
  expect(seen.at(-1)).toBe("/hooks/stripe?a=%20b&a=c");
  await handler({ ...eventV2(request), rawQueryString: "" });
  expect(seen.at(-1)).toBe("/hooks/stripe");
});

test("acknowledging before is refused: Lambda stops with the answer", () => {
  expect(() => setUp({ acknowledge: "before" })).toThrow(/would lose events/);
});

test("results are what AWS expects", async () => {
  const { handler } = setUp();
  const results = await Promise.all(
    [eventV2(stripeRequest()), eventV1(stripeRequest()), albEvent(stripeRequest(), "single")].map(
      handler,
    ),
  );
  const typed: (APIGatewayProxyStructuredResultV2 & APIGatewayProxyResult & ALBResult)[] = results;
  expect(typed.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
});
