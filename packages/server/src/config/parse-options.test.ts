import { describe, expect, test } from "vitest";
import { formatProblem } from "../model/config-problem.ts";
import { flagOf, type ServerOptions, serverOptions, variableOf } from "./options.ts";
import { type OptionInputs, parseOptions } from "./parse-options.ts";

const NOTHING: OptionInputs = {
  mode: "serve",
  flags: {},
  environment: {},
  workingDir: "/srv",
  readFile: (path) => {
    if (path === "/srv/key") return "from-file\n";
    throw Object.assign(new Error("no"), { code: "ENOENT" });
  },
};

function parse(inputs: Partial<OptionInputs>) {
  const { options, origins, problems } = parseOptions({ ...NOTHING, ...inputs });
  return { options, origins, lines: problems.map(formatProblem) };
}

describe("where options come from", () => {
  test("defaults differ between dev and serve where they must", () => {
    expect(parse({ mode: "dev" }).options).toMatchObject({ host: "127.0.0.1", port: 8484 });
    expect(parse({ mode: "serve" }).options).toMatchObject({
      host: "0.0.0.0",
      dataDir: "/srv/.ringdown",
      store: "sqlite",
      bodyLimitBytes: 5_000_000,
      headerLimitBytes: 16_384,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 60_000,
      drainTimeoutMs: 30_000,
      trustProxy: [],
    });
  });

  test("flag before environment before file before default", () => {
    const all = {
      flags: { port: "1" },
      environment: { RINGDOWN_PORT: "2", PORT: "3" },
      fileBlock: { port: 4 },
    };
    const portOf = (inputs: Partial<OptionInputs>) => {
      const { options, origins } = parse(inputs);
      return [options.port, origins["port"]];
    };
    expect(portOf(all)).toEqual([1, "flag"]);
    expect(portOf({ ...all, flags: {} })).toEqual([2, "environment"]);
    expect(portOf({ ...all, flags: {}, environment: { PORT: "3" } })).toEqual([3, "environment"]);
    expect(portOf({ fileBlock: { port: 4 } })).toEqual([4, "file"]);
    expect(portOf({})).toEqual([8484, "default"]);
  });

  test("an empty variable says nothing", () => {
    expect(parse({ environment: { RINGDOWN_PORT: "", RINGDOWN_STORE: "" } }).lines).toEqual([]);
  });

  test("every option has one flag and one variable, made from its name", () => {
    expect(flagOf("bodyLimit")).toBe("--body-limit");
    expect(variableOf("maxInFlight")).toBe("RINGDOWN_MAX_IN_FLIGHT");
    const names = Object.values(serverOptions).map(({ name }) => name);
    expect(new Set(names.map(flagOf)).size).toBe(names.length);
    for (const entry of Object.values(serverOptions)) expect(entry.doc).toMatch(/^[A-Z].*\.$/);
  });

  test("values of every kind are read from texts and from the file", () => {
    const environment = {
      RINGDOWN_TRUST_PROXY: "10.0.0.0/8, 2001:db8::/32",
      RINGDOWN_PUBLIC_URL: "https://hooks.example.com/base/",
      RINGDOWN_BODY_LIMIT: "1MiB",
      RINGDOWN_LOG_LEVEL: "debug",
      RINGDOWN_DATA: "/var/lib/ringdown",
    };
    const expected: Partial<ServerOptions> = {
      trustProxy: ["10.0.0.0/8", "2001:db8::/32"],
      publicUrl: "https://hooks.example.com/base",
      bodyLimitBytes: 1_048_576,
      logLevel: "debug",
      dataDir: "/var/lib/ringdown",
    };
    expect(parse({ environment }).options).toMatchObject(expected);
    const fileBlock = {
      trustProxy: ["10.0.0.0/8", "2001:db8::/32"],
      publicUrl: "https://hooks.example.com/base",
      bodyLimit: "1MiB",
      logLevel: "debug",
      data: "/var/lib/ringdown",
    };
    expect(parse({ fileBlock })).toMatchObject({ options: expected, lines: [] });
    expect(parse({ flags: { insecureDevAuth: true, host: "localhost" } }).options).toMatchObject({
      insecureDevAuth: true,
    });
  });

  test("options cannot be changed afterwards", () => {
    expect(Object.isFrozen(parse({}).options)).toBe(true);
    expect(Object.isFrozen(parse({ flags: { trustProxy: "10.0.0.1" } }).options.trustProxy)).toBe(
      true,
    );
  });
});

describe("what is wrong is told at once, with place, value and expectation", () => {
  test.each([
    [{ flags: { port: "abc" } }, '--port: expected a whole number from 0 to 65535, got "abc"'],
    [{ flags: { port: "65536" } }, /^--port: expected a whole number/],
    [{ flags: { port: true } }, "--port: expected a whole number from 0 to 65535, got nothing"],
    [{ environment: { PORT: "x" } }, /^PORT: expected a whole number/],
    [
      { environment: { RINGDOWN_BODY_LIMIT: "5" } },
      /^RINGDOWN_BODY_LIMIT: expected a size such as/,
    ],
    [{ environment: { RINGDOWN_BODY_LIMIT: "1GiB" } }, /1B to 64MiB, got "1GiB"$/],
    [
      { fileBlock: { headersTimeout: 10 } },
      /^server.headersTimeout: expected a duration such as .*, got 10$/,
    ],
    [{ fileBlock: { prot: 1 } }, 'server.prot: unknown key "prot". Did you mean "port"?'],
    [
      { fileBlock: { insecureDevAuth: true } },
      /is not set in the file; use RINGDOWN_INSECURE_DEV_AUTH/,
    ],
    [{ fileBlock: { adminKey: "rd_x" } }, /is not set in the file; use RINGDOWN_ADMIN_KEY/],
    [
      { flags: { trustProxy: "10.0.0.0/33" } },
      /^--trust-proxy: expected addresses and CIDR ranges/,
    ],
    [{ flags: { publicUrl: "ftp://x" } }, /^--public-url: expected a URL such as/],
    [{ flags: { publicUrl: "https://u:p@x.example" } }, /^--public-url: expected a URL such as/],
    [
      { flags: { store: "postgres://u:pass word@[h/db" } },
      '--store: expected sqlite, memory or postgres://host/database, got "postgres:…"',
    ],
    [
      { flags: { store: "mysql" } },
      '--store: expected sqlite, memory or postgres://host/database, got "mysql"',
    ],
    [{ mode: "dev" as const, flags: { host: "0.0.0.0" } }, /^host: dev answers without API keys/],
    [{ flags: { insecureDevAuth: true } }, "insecureDevAuth: only possible on a loopback address"],
    [
      { flags: { ingestPort: "8484" } },
      "ingestPort: is the same as port; leave it out to share one",
    ],
  ])("%j", (inputs, expected) => {
    const { lines } = parse(inputs);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
  });

  test("several at once", () => {
    expect(parse({ flags: { port: "x", store: "y" }, fileBlock: { z: 1 } }).lines).toHaveLength(3);
  });
});

describe("[I8] secrets", () => {
  test("come from the environment or a file, and do not print themselves", () => {
    const { options, lines } = parse({
      environment: { RINGDOWN_ADMIN_KEY: "rd_admin", RINGDOWN_SECRET_KEY_FILE: "key" },
    });
    expect(lines).toEqual([]);
    expect(options.adminKey?.reveal()).toBe("rd_admin");
    expect(options.secretKey?.reveal()).toBe("from-file");
    expect(JSON.stringify(options)).not.toMatch(/rd_admin|from-file/);
    expect(`${String(options.adminKey)}`).toBe("[secret]");
  });

  test("are wrong when given twice or when the file cannot be read", () => {
    const both = { RINGDOWN_ADMIN_KEY: "a", RINGDOWN_ADMIN_KEY_FILE: "b" };
    expect(parse({ environment: both }).lines).toEqual([
      "RINGDOWN_ADMIN_KEY: set either this or RINGDOWN_ADMIN_KEY_FILE",
    ]);
    expect(parse({ environment: { RINGDOWN_ADMIN_KEY_FILE: "gone" } }).lines).toEqual([
      "RINGDOWN_ADMIN_KEY_FILE: gone cannot be read: it does not exist",
    ]);
  });
});
