/**
 * Which tests exist, how long they may take, and what may run side by side.
 *
 * Groups run one after another, so that nothing that measures time or kills processes shares the
 * machine with a hundred unit tests. Every test file belongs to exactly one project (tidy checks it).
 * One alone: `npx vitest run --project unit packages/server/src/model`.
 */
import { defineConfig } from "vitest/config";
import type { TestProjectInlineConfiguration } from "vitest/config";

type ProjectOptions = {
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  readonly group: number;
  readonly timeoutMs: number;
  /** Files run one after another; the default is side by side. */
  readonly order?: "sequential";
};

/** Folders under tests/ that have a project of their own. */
const OWN_PROJECT = ["property", "e2e", "security", "faults"];

function project(name: string, options: ProjectOptions): TestProjectInlineConfiguration {
  return {
    test: {
      name,
      include: [...options.include],
      exclude: ["**/node_modules/**", "**/dist/**", ...(options.exclude ?? [])],
      testTimeout: options.timeoutMs,
      hookTimeout: options.timeoutMs,
      sequence: { groupOrder: options.group },
      fileParallelism: options.order !== "sequential",
    },
  };
}

export default defineConfig({
  test: {
    allowOnly: false,
    projects: [
      project("unit", {
        include: ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts", "tidy/**/*.test.ts"],
        group: 0,
        timeoutMs: 10_000,
      }),
      project("contract", {
        include: ["packages/*/tests/**/*.test.ts"],
        exclude: [
          "packages/cli/**",
          ...OWN_PROJECT.map((folder) => `packages/*/tests/${folder}/**`),
        ],
        group: 0,
        timeoutMs: 30_000,
      }),
      project("property", {
        include: ["packages/*/tests/property/**/*.test.ts"],
        group: 0,
        timeoutMs: 60_000,
      }),
      project("e2e", {
        include: [
          "packages/*/tests/e2e/**/*.test.ts",
          "packages/cli/tests/**/*.test.ts",
          "examples/**/*.test.ts",
        ],
        group: 1,
        timeoutMs: 60_000,
      }),
      project("security", {
        include: ["packages/*/tests/security/**/*.test.ts"],
        group: 1,
        timeoutMs: 60_000,
      }),
      project("faults", {
        include: ["packages/*/tests/faults/**/*.test.ts"],
        group: 2,
        timeoutMs: 180_000,
        order: "sequential",
      }),
    ],
  },
});
