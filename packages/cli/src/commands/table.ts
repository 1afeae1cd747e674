/**
 * Every command: its name, what it is for, and where its code is. `--help` needs only this table;
 * the arguments and options of a command are in its own file, loaded when it is called.
 */
import type { Command } from "commander";
import type { Perform } from "../session.ts";

/** Adds arguments, options and the action to a command that has its name and summary. */
export type Define = (command: Command, perform: Perform) => void | Promise<void>;

export type CommandEntry = {
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  readonly load: () => Promise<Define>;
};

/** What `ringdown` alone means. */
export const DEFAULT_COMMAND = "dev";

const RUN = "Run:";
const SEND = "Send and watch:";
const LOOK = "Look:";
const ACT = "Act:";
const CONFIGURE = "Configure:";
const MAINTAIN = "Maintain:";

export const commandTable: readonly CommandEntry[] = [
  {
    name: "dev",
    group: RUN,
    summary: "run on this machine, print a URL, show what arrives",
    load: async () => (await import("./dev.ts")).defineDev,
  },
  {
    name: "serve",
    group: RUN,
    summary: "run for production: API keys, logs, graceful stop",
    load: async () => (await import("./serve.ts")).defineServe,
  },
  {
    name: "send",
    group: SEND,
    summary: "send a request of your own to a source or URL",
    load: async () => (await import("./send.ts")).defineSend,
  },
  {
    name: "trigger",
    group: SEND,
    summary: "send a provider's event, correctly signed",
    load: async () => (await import("./trigger.ts")).defineTrigger,
  },
  {
    name: "conform",
    group: SEND,
    summary: "try a receiver of your own with good and bad requests",
    load: async () => (await import("./conform.ts")).defineConform,
  },
  {
    name: "tail",
    group: SEND,
    summary: "follow requests and attempts as they happen",
    load: async () => (await import("./tail.ts")).defineTail,
  },
  {
    name: "explain",
    group: LOOK,
    summary: "why a request was or was not delivered",
    load: async () => (await import("./explain.ts")).defineExplain,
  },
  {
    name: "verify",
    group: LOOK,
    summary: "check a captured request's signature, and say what is wrong with it",
    load: async () => (await import("./verify.ts")).defineVerify,
  },
  {
    name: "requests",
    group: LOOK,
    summary: "what was received",
    load: async () => (await import("./requests.ts")).defineRequests,
  },
  {
    name: "events",
    group: LOOK,
    summary: "what was accepted",
    load: async () => (await import("./events.ts")).defineEvents,
  },
  {
    name: "deliveries",
    group: LOOK,
    summary: "what is owed to destinations",
    load: async () => (await import("./deliveries.ts")).defineDeliveries,
  },
  {
    name: "attempts",
    group: LOOK,
    summary: "the exchanges made",
    load: async () => (await import("./attempts.ts")).defineAttempts,
  },
  {
    name: "sources",
    group: LOOK,
    summary: "the ways in",
    load: async () => (await import("./sources.ts")).defineSources,
  },
  {
    name: "destinations",
    group: LOOK,
    summary: "the targets, and how they are doing",
    load: async () => (await import("./destinations.ts")).defineDestinations,
  },
  {
    name: "routes",
    group: LOOK,
    summary: "what leads from sources to destinations",
    load: async () => (await import("./routes.ts")).defineRoutes,
  },
  {
    name: "replay",
    group: ACT,
    summary: "deliver stored events again",
    load: async () => (await import("./replay.ts")).defineReplay,
  },
  {
    name: "pause",
    group: ACT,
    summary: "hold everything for a destination",
    load: async () => (await import("./pause.ts")).definePause,
  },
  {
    name: "resume",
    group: ACT,
    summary: "deliver what was held, oldest first",
    load: async () => (await import("./resume.ts")).defineResume,
  },
  {
    name: "validate",
    group: CONFIGURE,
    summary: "check the configuration file",
    load: async () => (await import("./validate.ts")).defineValidate,
  },
  {
    name: "test",
    group: CONFIGURE,
    summary: "run the tests in the configuration file, offline",
    load: async () => (await import("./test.ts")).defineTest,
  },
  {
    name: "diff",
    group: CONFIGURE,
    summary: "what applying the file would change",
    load: async () => (await import("./diff.ts")).defineDiff,
  },
  {
    name: "apply",
    group: CONFIGURE,
    summary: "make the server's configuration that of the file",
    load: async () => (await import("./apply.ts")).defineApply,
  },
  {
    name: "export",
    group: CONFIGURE,
    summary: "print the server's configuration as a file",
    load: async () => (await import("./export.ts")).defineExport,
  },
  {
    name: "doctor",
    group: MAINTAIN,
    summary: "check this machine and the server, with advice",
    load: async () => (await import("./doctor.ts")).defineDoctor,
  },
  {
    name: "fsck",
    group: MAINTAIN,
    summary: "prove that no accepted event was lost",
    load: async () => (await import("./fsck.ts")).defineFsck,
  },
  {
    name: "completion",
    group: MAINTAIN,
    summary: "print a completion script for your shell",
    load: async () => (await import("./completion.ts")).defineCompletion,
  },
];
