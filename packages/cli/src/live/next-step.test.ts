import type { AttemptItem, RequestItem, StreamItem } from "@ringdown/client";
import { expect, test } from "vitest";
import { createNextSteps, type NextSteps } from "./next-step.ts";

function request(more: Partial<RequestItem> = {}): StreamItem {
  const data = { id: "req_1", outcome: "accepted", source: "inbox", targets: [], ...more };
  return { type: "request", id: "1.0", data: data as unknown as RequestItem };
}

const attempt: StreamItem = {
  type: "attempt",
  id: "1.1",
  data: { eventId: "evt_1" } as unknown as AttemptItem,
};

function steps(more: { hasConfigFile?: boolean; suffix?: string } = {}): NextSteps {
  return createNextSteps({ hasConfigFile: false, suffix: "", ...more });
}

test("a newcomer is led one step at a time, and each is shown once", () => {
  const next = steps();
  expect(next(request())?.command).toBe("npx ringdown trigger stripe invoice.paid --to inbox");
  expect(next(request())?.command).toBe("npx ringdown export > ringdown.yaml");
  expect(next(request())).toBeUndefined();
  expect(next(attempt)?.command).toBe("npx ringdown explain evt_1");
  expect(next(attempt)).toBeUndefined();
});

test("the first refusal leads to its explanation", () => {
  const next = steps();
  expect(next(request({ outcome: "rejected" }))?.command).toBe("npx ringdown explain req_1");
  expect(next(request({ outcome: "quarantined" }))).toBeUndefined();
});

test("who has a configuration file is not told to make one", () => {
  const next = steps({ hasConfigFile: true });
  next(request());
  expect(next(request())).toBeUndefined();
});

test("a server at another address is named, before any redirection", () => {
  const next = steps({ suffix: " --server http://127.0.0.1:9" });
  expect(next(request())?.command).toMatch(/ --to inbox --server http:\/\/127\.0\.0\.1:9$/);
  expect(next(request())?.command).toBe(
    "npx ringdown export --server http://127.0.0.1:9 > ringdown.yaml",
  );
});
