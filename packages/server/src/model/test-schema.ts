/** A test in the configuration: a request, and the routes it must take. Run by `ringdown test`. */
import { z } from "zod";
import { headerNameField, textField } from "./field-schema.ts";

export type InlineRequest = {
  readonly source?: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

/** What is sent by a route with a transformation; what is not given is not compared. */
export type TransformedExpectation = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly method?: string | undefined;
  readonly contentType?: string | undefined;
  readonly path?: string | undefined;
  readonly query?: string | undefined;
};

export type TestSpec = {
  readonly name: string;
  readonly source?: string | undefined;
  /** A fixture's path, or the request itself. */
  readonly request: string | InlineRequest;
  readonly patch?: Readonly<Record<string, unknown>> | undefined;
  readonly expect: {
    readonly routes: readonly string[];
    readonly transformed?: Readonly<Record<string, TransformedExpectation>> | undefined;
  };
};

/** Also what a fixture file may hold instead of a bare body. */
export const inlineRequestSchema: z.ZodType<InlineRequest> = z.strictObject({
  source: textField(63).optional().describe("The source it arrives at."),
  method: z
    .string()
    .regex(/^[A-Z]{1,20}$/)
    .default("POST")
    .describe("HTTP method."),
  path: textField(8192).default("").describe("What follows the source's URL."),
  query: textField(8192).default("").describe("Without the question mark."),
  headers: z.record(headerNameField(), textField(8192)).default({}).describe("Headers."),
  body: z.unknown().optional().describe("A text is sent as it is, anything else as JSON."),
});

const transformedExpectation: z.ZodType<TransformedExpectation> = z.strictObject({
  body: z.unknown().optional().describe("JSON as a value, a body of text as a text."),
  headers: z
    .record(headerNameField(), textField(8192))
    .optional()
    .describe("Headers that it adds, by name."),
  method: textField(20).optional().describe("HTTP method."),
  contentType: textField(8192).optional().describe("The content-type header."),
  path: textField(8192).optional().describe("What is appended to the destination's path."),
  query: textField(8192).optional().describe("Without the question mark."),
});

export const testSchema: z.ZodType<TestSpec> = z
  .strictObject({
    name: textField(200).min(1).describe("What is tested, as a sentence."),
    source: textField(63)
      .optional()
      .describe("The source it arrives at; may be left out when there is only one."),
    request: z
      .union([textField(4096).min(1), inlineRequestSchema], {
        error: "expected the path of a fixture, or a request",
      })
      .describe(
        "A JSON file with a body or a request, relative to the configuration file; or the request itself.",
      ),
    patch: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("Values set in the body before, by path: body.data.status."),
    expect: z
      .strictObject({
        routes: z.array(textField(63)).describe("Names of the routes it takes, in any order."),
        transformed: z
          .record(textField(63), transformedExpectation)
          .optional()
          .describe("By route, what its transformation makes; what is left out is not compared."),
      })
      .describe("What must come out."),
  })
  .describe("A request, and the routes it must take.");
