/**
 * `ringdown doctor`: everything that usually goes wrong, checked one by one, with advice. Looks at
 * this machine first, then at the server it would talk to; changes nothing.
 */
import type { Settings } from "@ringdown/server";
import type { Command } from "commander";
import { checkDataFolder } from "../doctor/data-folder.ts";
import type { Finding } from "../doctor/finding.ts";
import { checkDatabase } from "../doctor/database.ts";
import { checkNode } from "../doctor/node.ts";
import { checkPort } from "../doctor/port.ts";
import { checkServer } from "../doctor/server.ts";
import type { ExitName } from "../exit-codes.ts";
import { describeFailure } from "../failure.ts";
import type { Output } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { serverFlags } from "../server-options.ts";
import type { Perform, Session } from "../session.ts";

const NOTES = `
Exit code 0: nothing failed (warnings are allowed); 2: something failed.`;

export function defineDoctor(command: Command, perform: Perform): void {
  command.addHelpText("after", NOTES).action(() => perform(doctor));
}

async function doctor(session: Session): Promise<ExitName> {
  const { io, globals, output } = session;
  const levels = new Set<Finding["level"]>();
  const report = (findings: readonly Finding[]): void => {
    for (const finding of findings) {
      levels.add(finding.level);
      show(output, finding);
    }
  };
  report([checkNode(process.versions.node)]);
  const { settings, finding } = await checkConfig(session);
  report([finding]);
  if (settings !== undefined) {
    const { dataDir, store, host, port } = settings.options;
    if (store !== "memory") report(await checkDataFolder(dataDir, io.nowMs()));
    report(await checkDatabase(settings));
    report([await checkPort(host, port)]);
  }
  report(await checkServer(globals, io.nowMs));
  return levels.has("fail") ? "no" : "done";
}

async function checkConfig({
  globals,
}: Session): Promise<{ readonly settings?: Settings; readonly finding: Finding }> {
  const check = "config";
  const { checkDocument, loadSettings } = await import("@ringdown/server");
  try {
    const flags = serverFlags({}, globals);
    const settings = loadSettings({ mode: "dev", flags, check: checkDocument });
    const path = settings.configFile?.path;
    const found = path === undefined ? "no configuration file, which is fine" : `${path} is valid`;
    return { settings, finding: { check, level: "ok", found } };
  } catch (error) {
    const { what, details } = describeFailure(error);
    const found = [what, ...details].join("; ");
    const advice = "ringdown validate shows every problem";
    return { finding: { check, level: "fail", found, advice } };
  }
}

const CHECK_WIDTH = 14;

function show(output: Output, finding: Finding): void {
  output.show({ type: "check", ...finding }, () => {
    const { style } = output;
    const marks = { ok: style.good("ok  "), warn: style.warn("warn"), fail: style.bad("fail") };
    const advice =
      finding.advice === undefined
        ? ""
        : `\n${" ".repeat(CHECK_WIDTH + 6)}${style.faint("→")} ${printable(finding.advice)}`;
    return `${marks[finding.level]}  ${finding.check.padEnd(CHECK_WIDTH)}${printable(finding.found)}${advice}`;
  });
}
