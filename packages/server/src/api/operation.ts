/**
 * One operation of the API: a method on a path, what it takes, what it answers, and the function
 * that does it. The OpenAPI document and the running server are made from the same value, so they
 * cannot disagree.
 *
 * Input is checked here, whole and strictly, before `handle` sees it: what is not in the schema is
 * refused by name. A handler gets parsed values and returns plain ones; errors are thrown.
 *
 * Words: an HTTP route is an *operation on a path* here; *route* is the entity.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRoute, type RouteConfig, z } from "@hono/zod-openapi";
import { type ErrorCode, errorTable } from "../errors/table.ts";
import { RingdownError } from "../errors/ringdown-error.ts";
import type { FieldProblem } from "../http/problem.ts";
import { JSON_TYPES, parseJson, type ReceivedText } from "./body.ts";

export type Method = "get" | "post" | "put" | "delete";

/** The raw exchange, for what is not JSON in and JSON out. */
export type Exchange = {
  readonly requestId: string;
  readonly httpRequest: IncomingMessage;
  readonly httpResponse: ServerResponse;
  /** Sets a header of the answer. */
  setHeader(name: string, value: string): void;
  /** Checks the caller again, for what lasts longer than one answer. @throws unauthorized */
  checkKey(): void;
  /** The body as it was sent, for operations with `textTypes`. */
  readText(types: ReadonlySet<string>): Promise<ReceivedText | undefined>;
};

export type Call<P, Q, B> = Exchange & {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
};

type JsonAnswer<A> = {
  readonly status: 200 | 201 | 202;
  readonly description: string;
  readonly schema: z.ZodType<A>;
};
/** The handler returns a `Response` of its own. */
type OwnAnswer = {
  readonly status: 200;
  readonly description: string;
  readonly contentType: string;
};
type NoAnswer = { readonly status: 204; readonly description: string };

type Heading = {
  readonly method: Method;
  /** As in OpenAPI: `/api/v1/sources/{nameOrId}`. */
  readonly path: string;
  /** The OpenAPI operationId and the name of the client's method. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Default: whoever has a key. */
  readonly access?: "public";
  /** Beyond what the shape of the operation implies. */
  readonly errors?: readonly ErrorCode[];
};

type Definition<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, A> = Heading & {
  readonly params?: P;
  readonly query?: Q;
  /** A POST or PUT without one accepts no body, or `{}`. */
  readonly body?: B;
  /** `optional`: `{}` is assumed when there is none. Default: required. */
  readonly bodyPresence?: "optional";
  /** The body is not JSON alone: these media types, read by the handler itself with `readText`. */
  readonly textTypes?: ReadonlySet<string>;
  readonly answer: JsonAnswer<A> | OwnAnswer | NoAnswer;
  handle(call: Call<z.output<P>, z.output<Q>, z.output<B>>): A | Response | Promise<A | Response>;
};

/** What `create-api.ts` registers. */
export type Operation = {
  readonly method: Method;
  readonly path: string;
  readonly access: "key" | "public";
  readonly config: RouteConfig;
  /** Absent when the answer is not JSON. */
  readonly answerSchema?: z.ZodType;
  run(input: RawInput, exchange: Exchange): Promise<Response>;
};

export type RawInput = {
  readonly params: Readonly<Record<string, string>>;
  /** Every value of every name, as given. */
  readonly query: Readonly<Record<string, string[]>>;
};

export type NoInput = z.ZodObject<Record<never, never>>;

export function operation<
  A,
  P extends z.ZodObject = NoInput,
  Q extends z.ZodObject = NoInput,
  B extends z.ZodType = NoInput,
>(definition: Definition<P, Q, B, A>): Operation {
  const { answer } = definition;
  return {
    method: definition.method,
    path: definition.path,
    access: definition.access ?? "key",
    config: openApiConfig(definition),
    ...("schema" in answer ? { answerSchema: answer.schema } : {}),
    async run(input, exchange) {
      const params = check(definition.params ?? nothing, input.params, "path");
      const query = check(definition.query ?? nothing, single(input.query), "query");
      const body = await bodyOf(definition, exchange);
      const result = await definition.handle({
        ...exchange,
        params: params as z.output<P>,
        query: query as z.output<Q>,
        body: body as z.output<B>,
      });
      if (result instanceof Response) return result;
      if (answer.status === 204) return new Response(null, { status: 204 });
      return Response.json(result, { status: answer.status });
    },
  };
}

const nothing: NoInput = z.strictObject({});

function takesBody(method: Method): boolean {
  return method === "post" || method === "put";
}

async function bodyOf(
  definition: Pick<BodyShape, "body" | "bodyPresence" | "textTypes"> & { method: Method },
  exchange: Exchange,
): Promise<unknown> {
  if (!takesBody(definition.method) || definition.textTypes !== undefined) return {};
  const received = await exchange.readText(JSON_TYPES);
  const isRequired = definition.body !== undefined && definition.bodyPresence === undefined;
  if (received === undefined && isRequired) {
    throw new RingdownError("invalid_request", "A JSON body is needed.");
  }
  const value = received === undefined ? {} : parseJson(received.text);
  return check(definition.body ?? nothing, value, "body");
}

/** A name given once has one value; one given several times is an error unless a list is expected. */
function single(query: Readonly<Record<string, string[]>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
}

function check(schema: z.ZodType, value: unknown, part: "path" | "query" | "body"): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue): FieldProblem => ({
    path: issue.path.join("."),
    message: issue.message,
    line: null,
    column: null,
    suggestion: null,
  }));
  const [first] = problems;
  const where = first === undefined || first.path === "" ? "" : `${first.path}: `;
  throw new RingdownError(
    "invalid_request",
    `The ${part} is not valid: ${where}${first?.message ?? ""}`,
    { details: { problems } },
  );
}

type BodyShape = {
  readonly body?: z.ZodType;
  readonly bodyPresence?: "optional";
  readonly textTypes?: ReadonlySet<string>;
};

function openApiConfig(
  definition: Heading &
    BodyShape & {
      readonly params?: z.ZodObject;
      readonly query?: z.ZodObject;
      readonly answer: JsonAnswer<unknown> | OwnAnswer | NoAnswer;
    },
): RouteConfig {
  const { params, query } = definition;
  return createRoute({
    method: definition.method,
    path: definition.path,
    operationId: definition.id,
    tags: [definition.tag],
    summary: definition.summary,
    ...(definition.description === undefined ? {} : { description: definition.description }),
    security: definition.access === "public" ? [] : [{ apiKey: [] }],
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...bodyConfig(definition),
    },
    responses: {
      [definition.answer.status]: answerConfig(definition.answer),
      ...errorAnswers(codesOf(definition)),
    },
  });
}

function bodyConfig(shape: BodyShape): Pick<NonNullable<RouteConfig["request"]>, "body"> {
  if (shape.textTypes !== undefined) {
    const text = { schema: { type: "string" as const } };
    return { body: { content: Object.fromEntries([...shape.textTypes].map((t) => [t, text])) } };
  }
  if (shape.body === undefined) return {};
  return {
    body: {
      required: shape.bodyPresence === undefined,
      content: { "application/json": { schema: shape.body } },
    },
  };
}

function answerConfig(
  answer: JsonAnswer<unknown> | OwnAnswer | NoAnswer,
): RouteConfig["responses"][string] {
  if ("schema" in answer) {
    return {
      description: answer.description,
      content: { "application/json": { schema: answer.schema } },
    };
  }
  if ("contentType" in answer) {
    const binary = { type: "string", format: "binary" } as const;
    const schema = answer.contentType.startsWith("text/") ? { type: "string" as const } : binary;
    return { description: answer.description, content: { [answer.contentType]: { schema } } };
  }
  return { description: answer.description };
}

/** Every operation can answer these; the rest follows from what it takes. */
function codesOf(
  definition: Heading & { readonly params?: unknown; readonly query?: unknown },
): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>(definition.errors ?? []);
  codes.add("forbidden").add("internal_error");
  if (definition.access !== "public") codes.add("unauthorized").add("rate_limited");
  if (definition.query !== undefined) codes.add("invalid_request");
  if (definition.params !== undefined) codes.add("not_found");
  if (takesBody(definition.method)) {
    codes.add("invalid_request").add("body_too_large").add("unsupported_media_type");
  }
  if (definition.path.startsWith("/api/")) codes.add("storage_unavailable");
  return [...codes];
}

/** By status: what each means is said once, in the document's components. */
function errorAnswers(codes: readonly ErrorCode[]): RouteConfig["responses"] {
  const statuses = new Set(codes.map((code) => errorTable[code].status));
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      { $ref: `#/components/responses/${errorAnswerName(status)}` },
    ]),
  );
}

export function errorAnswerName(status: number): string {
  return `Error${String(status)}`;
}
