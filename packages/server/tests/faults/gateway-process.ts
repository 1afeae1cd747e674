/**
 * A gateway in a process of its own, for tests that kill it. argv: the configuration file and the
 * data folder; RINGDOWN_CRASH_POINT may name the point to die at. Says `{"type":"ready","url":…}`.
 */
import { loadSettings } from "../../src/config/settings.ts";
import { createGateway } from "../../src/gateway.ts";

const [config = "", data = ""] = process.argv.slice(2);
const settings = loadSettings({
  mode: "serve",
  flags: { config, data, port: "0", host: "127.0.0.1", insecureDevAuth: true, logLevel: "silent" },
});
const gateway = createGateway("serve", settings);
void gateway.failed.then(() => process.exit(1));
process.once("SIGTERM", () => {
  void gateway.stop({ graceMs: 5000 }).then(() => process.exit(0));
});
const { url } = await gateway.start();
process.stdout.write(`${JSON.stringify({ type: "ready", url })}\n`);
