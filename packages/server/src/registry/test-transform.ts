/**
 * What a route's transformation makes of the request of a test, and how that differs from what the
 * test expects. Offline: the event has a made-up id and time. Pure.
 */
import { isDeepStrictEqual } from "node:util";
import type { ActiveRoute, EventContext, Transformed } from "../model/active.ts";
import type { TransformedExpectation } from "../model/test-schema.ts";

export type TransformedByRoute = {
  readonly route: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly contentType?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As a text; absent when the body goes on as it came. */
  readonly body?: string;
  /** Sentences: why it could not be made, or what is not as expected. */
  readonly problems: readonly string[];
};

/** What events are called in tests. */
export const TEST_EVENT = {
  eventId: "evt_00000000000000000000000000",
  eventTime: "2026-01-01T00:00:00.000Z",
} as const;

/** One entry, or none for a route without a transformation. */
export function transformedBy(
  { name, transform }: ActiveRoute,
  event: EventContext,
  expected: TransformedExpectation = {},
): readonly TransformedByRoute[] {
  if (transform === undefined) return [];
  const result = transform(event, TEST_EVENT);
  if (result.kind === "failed") return [{ route: name, headers: {}, problems: [result.reason] }];
  const made = shown(name, result);
  return [{ ...made, problems: differences(made, expected) }];
}

const TEXTS = ["method", "path", "query", "contentType"] as const;

type Made = Omit<TransformedByRoute, "problems">;

function shown(route: string, made: Transformed): Made {
  const { headers, body } = made;
  const pairs = headers.flatMap((name, index) =>
    index % 2 === 0 ? [[name, headers[index + 1] ?? ""] as const] : [],
  );
  return {
    route,
    ...Object.fromEntries(TEXTS.map((part) => [part, made[part]])),
    headers: Object.fromEntries(pairs),
    ...(body !== undefined && { body: Buffer.from(body).toString() }),
  };
}

function differences(made: Made, expected: TransformedExpectation): readonly string[] {
  const problems: string[] = [];
  const compare = (part: string, actual: unknown, wanted: unknown): void => {
    if (wanted === undefined || isDeepStrictEqual(actual, wanted)) return;
    problems.push(`${part} is ${textOf(actual)}, not ${textOf(wanted)}`);
  };
  for (const part of TEXTS) compare(part, made[part], expected[part]);
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    compare(`header ${name}`, made.headers[name], value);
  }
  compare("body", bodyValue(made.body, expected.body), expected.body);
  return problems;
}

/** A body is compared as a value, unless a text is expected. */
function bodyValue(body: string | undefined, expected: unknown): unknown {
  if (typeof expected === "string" || body === undefined) return body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "as it came";
}
