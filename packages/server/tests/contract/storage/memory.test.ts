/** The memory backend keeps the storage contract. */
import { storageContract } from "./contract.ts";
import { createMemoryHarness } from "./memory-harness.ts";

storageContract("memory", createMemoryHarness);
