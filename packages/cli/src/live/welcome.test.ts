import { expect, test } from "vitest";
import { plainStyle } from "../output/style.ts";
import { formatWelcome, type Welcome } from "./welcome.ts";

const URL_BASE = "http://127.0.0.1:8484";

function welcome(names: readonly string[], more: Partial<Welcome> = {}): readonly string[] {
  const sources = names.map((name) => ({ name, url: `${URL_BASE}/in/${name}` }));
  const shown = formatWelcome(
    {
      version: "1.2.3",
      startedInMs: 412,
      address: { url: URL_BASE, ingestUrl: URL_BASE, sources },
      dataDir: "/home/ada/shop/.ringdown",
      store: "sqlite",
      configFile: undefined,
      busyPort: undefined,
      providers: {},
      workingDir: "/home/ada/shop",
      ...more,
    },
    plainStyle,
  );
  return shown.split("\n");
}

test("the first screen has everything a newcomer needs", () => {
  expect(welcome(["inbox"])).toEqual([
    "",
    "  Ringdown 1.2.3   ready in 0.4 s   data ./.ringdown   no config yet",
    "",
    "  Server     http://127.0.0.1:8484   API, page and metrics",
    "  Your URL   http://127.0.0.1:8484/in/inbox   any method, any path below it",
    `  Try it     curl http://127.0.0.1:8484/in/inbox -d '{"hello":"world"}'`,
    "",
    "  Whatever arrives appears below. Ctrl-C stops.",
    "",
  ]);
});

test("another port than the one asked for is said aloud", () => {
  expect(welcome(["inbox"], { busyPort: 8484 })).toContain(
    "             port 8484 is busy, so this is another one",
  );
});

test("many sources are not all listed", () => {
  const lines = welcome(["a", "b", "c", "d", "e", "f", "g"]);
  expect(lines.filter((line) => line.includes("/in/"))).toHaveLength(6);
  expect(lines).toContain("             and 2 more: ringdown sources");
});

test("where every source checks signatures, a plain curl is not suggested", () => {
  const providers = { shop: "stripe" };
  expect(welcome(["shop"], { providers })).toContain(
    "  Try it     npx ringdown trigger stripe --list",
  );
  expect(welcome(["shop", "open"], { providers }).join("\n")).toContain(
    "curl http://127.0.0.1:8484/in/open",
  );
});

test("a store in memory is said to keep nothing, and paths elsewhere are whole", () => {
  const more = { store: "memory", configFile: "/etc/ringdown.yaml" };
  expect(welcome(["inbox"], more)[1]).toBe(
    "  Ringdown 1.2.3   ready in 0.4 s   nothing is kept (memory)   config /etc/ringdown.yaml",
  );
});
