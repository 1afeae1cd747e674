/** `ringdown verify`: a captured request from a file or standard input, and what the answer says. */
import { makeSampleRequest } from "@ringdown/receiver/samples";
import { expect, test } from "vitest";
import { call, callInTerminal, records } from "./support/cli.ts";
import { createFolder } from "./support/folder.ts";

const folder = createFolder();
const SECRET = "whsec_2f0c6d7b9a1e4c35";
const NOW_MS = Date.parse("2026-11-24T10:00:00Z");

function capture(lineEnd: string, more: { body?: (body: Buffer) => Buffer } = {}): Buffer {
  const sample = makeSampleRequest({
    provider: "stripe",
    type: "invoice.paid",
    secret: SECRET,
    nowMs: NOW_MS,
    id: "1",
  });
  const head = ["POST /in/stripe HTTP/1.1", "Host: hooks.example.com"];
  for (const [name, value] of Object.entries(sample.headers)) head.push(`${name}: ${value}`);
  const body = Buffer.from(sample.body);
  const parts = [...head, "", ""].join(lineEnd);
  return Buffer.concat([Buffer.from(parts), more.body?.(body) ?? body]);
}

const ARGS = ["verify", "--provider", "stripe", "--secret", SECRET];
const AT = ["--at", "2026-11-24T10:01:00Z"];

test.each(["\r\n", "\n"])(
  "[I4] a captured request verifies, with line ends %j",
  async (lineEnd) => {
    const { code, stdout } = await call([...ARGS, ...AT], { input: capture(lineEnd) });

    expect(code).toBe(0);
    expect(records(stdout)).toMatchObject([
      { type: "verification", status: "verified", secretIndex: 0, ageMs: 60_000, matchesIf: [] },
    ]);
  },
);

test("a file can be named, and several secrets tried", async () => {
  const file = folder.write("good.http", capture("\r\n"));
  const args = ["verify", file, "--provider", "stripe", ...AT];
  const secrets = ["--secret", "whsec_another_one_entirely", "--secret", SECRET];
  const { code, stdout } = await call([...args, ...secrets]);

  expect(code).toBe(0);
  expect(records(stdout)[0]).toMatchObject({ status: "verified", secretIndex: 1 });
});

test("what does not verify ends with 2, and says what would", async () => {
  const input = capture("\n", { body: (body) => Buffer.concat([body, Buffer.from("\n")]) });
  const file = folder.write("newline.http", input);
  const { code, screen } = await callInTerminal([...ARGS, ...AT, file]);

  expect(code).toBe(2);
  expect(screen).toMatch(/^✓ timestamp /m);
  expect(screen).toMatch(/^✗ secret 1 {4}Expected \w{8}…, received \w{8}…\.$/m);
  expect(screen).toMatch(
    /^→ It matches if the line break at the end is removed.* \(secret 1\)\.$/m,
  );
  expect(screen).not.toContain(SECRET);
});

test("an old capture is refused for its age, unless it is checked as of its time", async () => {
  const { code, stdout } = await call([...ARGS, "--at", "2026-11-24T12:00:00Z"], {
    input: capture("\r\n"),
  });

  expect(code).toBe(2);
  expect(records(stdout)[0]).toMatchObject({ status: "failed", reason: "timestamp_too_old" });
});

test("a generic recipe is described by options", async () => {
  const { createHmac } = await import("node:crypto");
  const signature = createHmac("sha512", "a secret of mine").update("9.hello").digest("base64");
  const input = `POST / HTTP/1.1\nX-Acme: v1=${signature}\nX-Time: 9\n\nhello`;
  const recipe = ["--header", "X-Acme", "--prefix", "v1=", "--algorithm", "sha512"];
  const signed = ["--encoding", "base64", "--signed", "{timestamp}.{body}"];
  const time = ["--timestamp-header", "x-time", "--at", "1970-01-01T00:00:10Z"];
  const args = ["verify", "--provider", "generic", "--secret", "a secret of mine"];
  const { code, stdout } = await call([...args, ...recipe, ...signed, ...time], { input });

  expect(records(stdout)[0]).toMatchObject({ status: "verified", ageMs: 1000 });
  expect(code).toBe(0);
});

test("a body that content-length cuts short is cut, and one that is too short is said to be", async () => {
  const input = capture("\n");
  const headEnd = input.indexOf("\n\n");
  const body = input.subarray(headEnd + 2);
  const named = (bytes: number): Buffer => {
    const head = `${input.toString("latin1", 0, headEnd)}\nContent-Length: ${String(bytes)}\n\n`;
    return Buffer.concat([Buffer.from(head, "latin1"), body, Buffer.from("\n")]);
  };

  const surplus = await call([...ARGS, ...AT], { input: named(body.length) });
  expect(surplus.code).toBe(0);
  expect(surplus.stderr).toContain("1 byte after the end that content-length names left out.");

  const missing = await call([...ARGS, ...AT], { input: named(body.length + 8) });
  expect(missing.stderr).toContain("7 bytes shorter than content-length says.");
});

test.each([
  { args: ["--provider", "strype"], input: "POST / HTTP/1.1\n\n", code: 64, says: "Use one of:" },
  { args: ["--provider", "stripe"], input: "just text", code: 65, says: "no empty line" },
  {
    args: ["--provider", "stripe"],
    input: "POST /\nno colon\n\n",
    code: 65,
    says: "Line 2 is not",
  },
  {
    args: ["--provider", "stripe", "--header", "x"],
    input: "",
    code: 64,
    says: "--provider generic",
  },
])("wrong input is refused with $code: $says", async ({ args, input, code, says }) => {
  const result = await call(["verify", "--secret", SECRET, ...args], { input });

  expect(result.stderr).toContain(says);
  expect(result.code).toBe(code);
});
