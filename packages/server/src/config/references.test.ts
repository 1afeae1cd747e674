import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createResolver, readSmallFile } from "./references.ts";

const files: Readonly<Record<string, string>> = {
  "/run/secrets/a": "from-file\n",
  "/crlf": "x\r\n",
};

const resolve = createResolver({
  environment: { SET: "value", EMPTY: "" },
  readFile: (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error("secret text"), { code: "ENOENT" });
    return text;
  },
});

describe("references", () => {
  test.each([
    ["plain", "plain"],
    ["${env:SET}", "value"],
    ["Bearer ${env:SET}!", "Bearer value!"],
    ["${env:MISSING:-fallback}", "fallback"],
    ["${env:EMPTY:-fallback}", "fallback"],
    ["${env:MISSING:-}", ""],
    ["${file:/run/secrets/a}", "from-file"],
    ["${file:/crlf}", "x"],
    ["$${env:SET}", "${env:SET}"],
  ])("%s stands for %s", (text, expected) => {
    expect(resolve(text)).toEqual({ kind: "resolved", text: expected });
  });

  test.each([
    ["${env:MISSING}", "the environment variable MISSING is not set"],
    ["${env:EMPTY}", "the environment variable EMPTY is empty"],
    ["${env:toString}", "the environment variable toString is not set"],
    ["${file:/none}", "the file /none cannot be read: it does not exist"],
    ["${oops}", /^not a reference/],
  ])("%s stands for nothing", (text, message) => {
    const resolved = resolve(text);
    expect(resolved.kind === "unresolved" ? resolved.message : "resolved").toMatch(message);
  });

  test("[I10] a file that is too large to be a secret is not read", () => {
    const folder = mkdtempSync(join(tmpdir(), "ringdown-references-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "large");
    writeFileSync(path, "x".repeat(65_537));
    const system = createResolver({ environment: {}, readFile: readSmallFile });
    expect(system(`\${file:${path}}`)).toMatchObject({
      kind: "unresolved",
      message: expect.stringMatching(/larger than 65536 bytes$/) as string,
    });
    expect(system(`\${file:${folder}}`)).toMatchObject({
      message: expect.stringMatching(/it is no regular file$/) as string,
    });
    expect(system("${file:/dev/zero}")).toMatchObject({ kind: "unresolved" });
    writeFileSync(path, "small");
    expect(system(`\${file:${path}}`)).toEqual({ kind: "resolved", text: "small" });
  });
});
