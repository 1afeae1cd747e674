/**
 * `ringdown completion <shell>`: a script that completes commands, options and fixed values, made
 * from the command tree, so that it cannot disagree with `--help`.
 *
 * Static on purpose: completing must not start a process per keystroke. Names of sources and
 * destinations are therefore not completed.
 */
import { Argument, type Command } from "commander";
import { type Completed, describeTree } from "../completion/tree.ts";
import type { ExitName } from "../exit-codes.ts";
import type { Perform, Session } from "../session.ts";
import { readVersion } from "../version.ts";

const INSTALL = `
Load it now, or in the shell's start file:
  bash   source <(ringdown completion bash)
  zsh    source <(ringdown completion zsh)
  fish   ringdown completion fish | source`;

type Shell = "bash" | "zsh" | "fish";

export function defineCompletion(command: Command, perform: Perform): void {
  command
    .addArgument(new Argument("<shell>", "your shell").choices(["bash", "zsh", "fish"]))
    .addHelpText("after", INSTALL)
    .action((shell: Shell) => perform((session) => completion(session, shell)));
}

async function completion({ output }: Session, shell: Shell): Promise<ExitName> {
  const { createProgram } = await import("../program.ts");
  const nothing: Perform = () => Promise.resolve();
  const program = await createProgram({ version: readVersion(), perform: nothing, load: "all" });
  const write = await writerFor(shell);
  output.print(write(describeTree(program)));
  return "done";
}

async function writerFor(shell: Shell): Promise<(tree: Completed) => string> {
  switch (shell) {
    case "bash":
      return (await import("../completion/bash.ts")).writeBash;
    case "zsh":
      return (await import("../completion/zsh.ts")).writeZsh;
    case "fish":
      return (await import("../completion/fish.ts")).writeFish;
  }
}
