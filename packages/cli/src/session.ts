/** What a command works with: the process, the global options, where to write, and Ctrl-C. */
import type { ExitName } from "./exit-codes.ts";
import type { Globals } from "./globals.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Io } from "./io.ts";
import type { Output } from "./output/output.ts";

export type Session = {
  readonly io: Io;
  readonly globals: Globals;
  readonly output: Output;
  readonly interrupts: Interrupts;
};

/** Runs a command's action once its arguments are parsed; what it returns ends the process. */
export type Perform = (action: (session: Session) => Promise<ExitName>) => Promise<void>;
