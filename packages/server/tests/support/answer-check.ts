/**
 * Holds answers of the API against its own description: a JSON answer must be exactly what the
 * operation's schema allows, nothing missing and nothing more, and an error must be a problem.
 */
import { expect } from "vitest";
import { describedOperations } from "../../src/api/openapi.ts";
import type { Operation } from "../../src/api/operation.ts";
import { problemSchema } from "../../src/api/schema.ts";
import type { Answer } from "./exchange.ts";

export type AnswerCheck = (method: string, path: string, answer: Answer) => void;

export function createAnswerCheck(): AnswerCheck {
  const operations = describedOperations();

  return (method, path, answer) => {
    if (path.startsWith("/in/") || method === "HEAD") return;
    if (answer.status >= 400 && path !== "/readyz") {
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(problemSchema.parse(answer.json())).toEqual(answer.json());
      expect(answer.headers["x-request-id"]).toBe(answer.json()["requestId"]);
      return;
    }
    const schema = operationAt(operations, method, path)?.answerSchema;
    if (schema === undefined || answer.headers["content-type"] !== "application/json") return;
    expect(schema.parse(answer.json())).toEqual(answer.json());
  };
}

function operationAt(
  operations: readonly Operation[],
  method: string,
  path: string,
): Operation | undefined {
  const [plain = ""] = path.split("?");
  const candidates = operations.filter(
    (operation) =>
      operation.method === method.toLowerCase() && patternOf(operation.path).test(plain),
  );
  // `/config/history` is no id: what is written out wins.
  return candidates.find((operation) => operation.path === plain) ?? candidates[0];
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}
