/** The whole storage contract: the exact meaning of the port, as every backend has to show it. */
import { describe } from "vitest";
import { appendSuite } from "./append.suite.ts";
import { attemptsSuite } from "./attempts.suite.ts";
import { dedupeSuite } from "./dedupe.suite.ts";
import { deliveriesSuite } from "./deliveries.suite.ts";
import { documentsSuite } from "./documents.suite.ts";
import type { CreateHarness } from "./harness.ts";
import { laneSuite } from "./lane.suite.ts";
import { ledgerSuite } from "./ledger.suite.ts";
import { lifecycleSuite } from "./lifecycle.suite.ts";
import { limitsSuite } from "./limits.suite.ts";
import { recordSuite } from "./record.suite.ts";
import { recoverSuite } from "./recover.suite.ts";
import { requestsSuite } from "./requests.suite.ts";

const SUITES = [
  lifecycleSuite,
  appendSuite,
  dedupeSuite,
  recordSuite,
  laneSuite,
  recoverSuite,
  requestsSuite,
  deliveriesSuite,
  attemptsSuite,
  documentsSuite,
  ledgerSuite,
  limitsSuite,
];

/** Tests run side by side: each has a place of its own, and most of their time is waiting. */
export function storageContract(name: string, createHarness: CreateHarness): void {
  describe.concurrent(`storage contract on ${name}`, () => {
    for (const suite of SUITES) suite(createHarness);
  });
}
