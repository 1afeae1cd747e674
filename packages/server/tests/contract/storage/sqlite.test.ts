/** The SQLite backend keeps the storage contract. */
import { storageContract } from "./contract.ts";
import { createSqliteHarness } from "./sqlite-harness.ts";

storageContract("sqlite", createSqliteHarness);
