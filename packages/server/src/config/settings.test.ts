import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { configInvalid } from "../model/config-problem.ts";
import {
  formatConfigYaml,
  loadConfigFile,
  parseConfigFile,
  parseConfigJson,
  withLocations,
} from "./config-file.ts";
import { configFileSchema } from "./file-schema.ts";
import { serverOptions } from "./options.ts";
import { loadSettings } from "./settings.ts";

function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "ringdown-settings-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** The thrown error's code and text. */
function failureOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    const { code, message } = error as Error & { code: string };
    return `${code}\n${message}`;
  }
  return "no error";
}

const FILE = `version: 1
server: { port: 9000 }
sources:
  inbox: {}
destinations:
  a: { url: https://a.example }
routes:
  r: { from: inbox, to: a }
`;

describe("settings", () => {
  const start = { mode: "dev" as const, flags: {}, environment: {} };

  test("ringdown.yaml is used if it is there, another file if it is named", () => {
    const workingDir = folderWith({ "ringdown.yaml": FILE, "other.yaml": "version: 1\n" });
    const usual = loadSettings({ ...start, workingDir });
    expect(usual.options).toMatchObject({
      port: 9000,
      configFile: join(workingDir, "ringdown.yaml"),
    });
    expect(usual.configFile?.document.sources).toEqual({ inbox: {} });
    const named = loadSettings({ ...start, workingDir, flags: { config: "other.yaml" } });
    expect(named.options).toMatchObject({ port: 8484, configFile: join(workingDir, "other.yaml") });
    const variable = { RINGDOWN_CONFIG: "other.yaml", RINGDOWN_CRASH_POINT: "x" };
    expect(loadSettings({ ...start, workingDir, environment: variable })).toMatchObject({
      options: { port: 8484 },
      crashPoint: "x",
    });
  });

  test("libuv's thread pool is as large as libuv takes the variable for", () => {
    const sizeOf = (size?: string) =>
      loadSettings({
        ...start,
        workingDir: folderWith({}),
        environment: size === undefined ? {} : { UV_THREADPOOL_SIZE: size },
      }).threadPoolSize;
    expect([undefined, "31", "0", "-3", "many", "5000"].map(sizeOf)).toEqual([
      4, 31, 1, 1, 1, 1024,
    ]);
  });

  test("without a file there is none", () => {
    const { options, configFile, crashPoint } = loadSettings({
      ...start,
      workingDir: folderWith({}),
    });
    expect({ file: options.configFile, configFile, crashPoint }).toEqual({
      file: undefined,
      configFile: undefined,
      crashPoint: "",
    });
  });

  test("a named file that is missing is an error, as is a wrong option in it, with its place", () => {
    const workingDir = folderWith({
      "ringdown.yaml": "version: 1\nserver:\n  prot: 1\n  port: x\n",
    });
    expect(
      failureOf(() => loadSettings({ ...start, workingDir, flags: { config: "no.yaml" } })),
    ).toMatch(/^config_unreadable\n.*no.yaml cannot be read: it does not exist/);
    const failure = failureOf(() => loadSettings({ ...start, workingDir }));
    expect(failure).toMatch(
      /ringdown.yaml:3:3 server.prot: unknown key "prot". Did you mean "port"\?/,
    );
    expect(failure).toMatch(/ringdown.yaml:4:9 server.port: expected a whole number/);
  });
});

describe("the configuration file", () => {
  test("problems of shape and of meaning come together, in reading order", () => {
    const text = FILE.replace("to: a", "to: b").replace("inbox: {}", "inbox: { verfy: {} }");
    const check = () => [{ path: ["routes", "r", "to"], message: 'unknown destination "b"' }];
    expect(failureOf(() => parseConfigFile(text, "ringdown.yaml", check))).toBe(
      [
        "config_invalid",
        'ringdown.yaml:4:12 sources.inbox.verfy: unknown key "verfy". Did you mean "verify"?',
        'ringdown.yaml:8:25 routes.r.to: unknown destination "b"',
      ].join("\n"),
    );
  });

  test("what is found later can be given its place afterwards", () => {
    const file = parseConfigFile(FILE, "ringdown.yaml");
    const error = configInvalid([{ path: ["routes", "r", "from"], message: "x" }]);
    expect(withLocations(error, file.locate)).toMatchObject({
      message: "ringdown.yaml:8:14 routes.r.from: x",
    });
    const other = new Error("other");
    expect(withLocations(other, file.locate)).toBe(other);
  });

  test.each([
    ["", "config_invalid\na.yaml: expected an object, got nothing"],
    ["[]", "config_invalid\na.yaml:1:1: expected an object, got a list"],
    ["version: 1\nserver: []", "config_invalid\na.yaml:2:9 server: expected an object"],
    [
      "version: 1\nsources: []",
      "config_invalid\na.yaml:2:10 sources: expected an object, got a list",
    ],
    ["version: 1\nsources: { a: { b: [ } }", /^config_invalid\na.yaml:2:/],
  ])("%j is refused", (text, expected) => {
    expect(failureOf(() => parseConfigFile(text, "a.yaml"))).toMatch(expected);
  });

  test("a file that is no text, too large or a folder is refused unread", () => {
    const folder = folderWith({ latin: Uint8Array.of(0x61, 0xff), large: "#".repeat(5_000_000) });
    expect(failureOf(() => loadConfigFile(join(folder, "latin")))).toMatch(/it is not UTF-8/);
    expect(failureOf(() => loadConfigFile(join(folder, "large")))).toMatch(/too large/);
    expect(failureOf(() => loadConfigFile(folder))).toMatch(/it is a folder/);
  });

  test("what is written can be read again", () => {
    const { document } = parseConfigFile(FILE, "a.yaml");
    const text = formatConfigYaml(document, "http://127.0.0.1:8484/schema/v1.json");
    expect(text).toMatch(
      /^# yaml-language-server: \$schema=http:\/\/127.0.0.1:8484\/schema\/v1.json\nversion: 1\n/,
    );
    expect(parseConfigFile(text, "a.yaml").document).toEqual(document);
    expect(parseConfigJson(JSON.stringify({ ...document, server: {} }))).toEqual(document);
  });

  test("JSON that is none, or no configuration, is refused", () => {
    expect(failureOf(() => parseConfigJson("{"))).toMatch(/^config_invalid\n/);
    expect(failureOf(() => parseConfigJson("{}"))).toBe("config_invalid\nversion: is required");
    expect(failureOf(() => parseConfigJson("[]"))).toMatch(/expected an object/);
  });
});

describe("the JSON Schema", () => {
  type JsonSchema = {
    properties?: Record<string, JsonSchema>;
    anyOf?: JsonSchema[];
    additionalProperties?: unknown;
    items?: JsonSchema;
    description?: string;
  };

  /** Every key that an author could write, with its description. */
  function fieldsOf(schema: JsonSchema, path: string): [string, string | undefined][] {
    const own = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
      [`${path}.${name}`, field.description] as [string, string | undefined],
      ...fieldsOf(field, `${path}.${name}`),
    ]);
    const inner = [...(schema.anyOf ?? []), schema.items, schema.additionalProperties].filter(
      (one): one is JsonSchema => typeof one === "object",
    );
    return [...own, ...inner.flatMap((one) => fieldsOf(one, path))];
  }

  test("describes every key, and knows every option of the file", () => {
    const schema = configFileSchema() as JsonSchema;
    const fields = fieldsOf(schema, "");
    expect(fields.length).toBeGreaterThan(80);
    expect(fields.filter(([, description]) => (description ?? "") === "")).toEqual([]);
    const options = Object.values(serverOptions).filter(({ inFile }) => inFile === "yes");
    expect(Object.keys(schema.properties?.["server"]?.properties ?? {})).toEqual(
      options.map(({ name }) => name),
    );
  });
});
