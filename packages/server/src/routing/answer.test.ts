import { expect, test } from "vitest";
import { compileSuccess } from "./answer.ts";

const answer = (status: number, text: string, truncated = false) => ({
  status,
  headers: ["Content-Type", "application/json", "X-Ok", "1"],
  body: Buffer.from(text),
  truncated,
});

test.each([
  ["status == 200 && body.ok == true", answer(200, '{"ok":true}')],
  ['text == "ok"', answer(200, "ok")],
  ['status in [200, 409] && headers["x-ok"] == "1"', answer(409, "")],
  ['text.startsWith("ok") && !has(body.error)', answer(200, "ok…", true)],
])("%s holds", (condition, given) => {
  expect(compileSuccess(condition)(given)).toEqual({ matched: true });
});

test.each([
  ["status == 200 && body.ok == true", answer(200, '{"ok":false}'), "body.ok == true: was false"],
  ["body.ok == true", answer(200, "<html>"), "the answer is not JSON"],
  ["body.ok", answer(200, '{"ok":1}'), "a number"],
  // Cut after `true`, it would be another answer.
  ["body.ok == true", answer(200, '{"ok":true}', true), "longer than the 11 bytes kept of it"],
  ['text == "ok"', answer(200, "no_text"), 'text == "ok": was "no_text"'],
])("[I7] %s does not hold, and says why", (condition, given, reason) => {
  const result = compileSuccess(condition)(given);
  expect(result).toMatchObject({ matched: false });
  expect(result.matched ? "" : result.reason).toContain(reason);
});

test("an event's variables mean nothing here", () => {
  expect(() => compileSuccess('eventType == "a"')).toThrow(/unknown variable "eventType"/);
});
