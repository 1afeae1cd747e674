/** Shell completion as shells use it: bash completes commands, options and fixed values from the generated script. */
import { execFileSync } from "node:child_process";
import { beforeAll, expect, test } from "vitest";
import { call } from "./support/cli.ts";

let bash: string;

beforeAll(async () => {
  bash = (await call(["completion", "bash"])).stdout;
});

/** What bash offers after the words, of which the last is being typed. */
function offers(...words: readonly string[]): readonly string[] {
  const script = `${bash}
COMP_WORDS=(ringdown ${words.map((word) => `'${word}'`).join(" ")})
COMP_CWORD=${String(words.length)}
_ringdown
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const answer = execFileSync("bash", ["-c", script], { encoding: "utf8" });
  return answer.split("\n").filter((word) => word !== "");
}

test("bash completes commands", () => {
  expect(offers("ver")).toEqual(["verify"]);
  expect(offers("re")).toEqual(["requests", "replay", "resume"]);
});

test("bash completes what is below a command, and options of its own and of all", () => {
  expect(offers("requests", "l")).toEqual(["list"]);
  expect(offers("requests", "list", "--out")).toEqual(["--outcome"]);
  expect(offers("tail", "--se")).toEqual(["--server"]);
  expect(offers("dev", "--body")).toEqual(["--body-limit"]);
});

test("bash completes fixed values of options and arguments", () => {
  expect(offers("completion", "")).toEqual(expect.arrayContaining(["bash", "zsh", "fish"]));
  expect(offers("verify", "--algorithm", "sha")).toEqual(["sha1", "sha256", "sha512"]);
  expect(offers("verify", "--secret", "")).toEqual([]);
});

test.each(["zsh", "fish"])(
  "the script for %s names every command with its summary",
  async (shell) => {
    const { code, stdout } = await call(["completion", shell]);

    expect(code).toBe(0);
    for (const [name, summary] of [
      ["verify", "check a captured request"],
      ["dev", "run on this machine"],
      ["completion", "print a completion script"],
    ] as const) {
      expect(stdout).toContain(name);
      expect(stdout).toContain(summary);
    }
  },
);
