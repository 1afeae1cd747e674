/**
 * Every exit code of the command, once: scripts branch on them, so they never change meaning. 64 to
 * 77 are those of sysexits(3). `docs/reference/cli.md` prints this table.
 */

type ExitEntry = { readonly code: number; readonly meaning: string };

export const exitTable = {
  done: { code: 0, meaning: "Done; for `dev`, `serve` and `tail` also: stopped by a signal." },
  failed: { code: 1, meaning: "Failed while running." },
  no: {
    code: 2,
    meaning:
      "Ran fine, and the answer is no: `verify` does not verify, `trigger --handshake` or `--probe` is not answered as the provider demands, `test` has failures, `conform` found a fault, `diff --exit-code` found changes, `doctor` or `fsck` found a problem.",
  },
  usage: { code: 64, meaning: "Wrong usage: an unknown option, a missing argument." },
  data: { code: 65, meaning: "A configuration file or other input is not valid." },
  unreachable: { code: 69, meaning: "The server cannot be reached." },
  defect: { code: 70, meaning: "A defect in Ringdown itself." },
  timedOut: { code: 75, meaning: "Not finished in time; the same call may succeed later." },
  notAuthorised: { code: 77, meaning: "The server wants another API key." },
  interrupted: { code: 130, meaning: "Interrupted by Ctrl-C before it was done." },
} as const satisfies Record<string, ExitEntry>;

export type ExitName = keyof typeof exitTable;
