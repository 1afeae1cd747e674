/** `ringdown serve`: the key that is printed once, what goes to which stream, and a busy port. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { call, records, type RunningGateway, startGateway } from "./support/cli.ts";
import { createFolder } from "./support/folder.ts";

const running: RunningGateway[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
});

async function startServe(
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningGateway> {
  const args = ["--port", "0", "--host", "127.0.0.1"];
  const gateway = await startGateway("serve", { cwd, args, env });
  running.push(gateway);
  return gateway;
}

test("the first start prints an API key, once, and only that key opens the API", async () => {
  const { path } = createFolder();
  const gateway = await startServe(path);
  const key = /rd_[0-9A-Za-z]{49}/.exec(gateway.stderr())![0];
  expect(gateway.stderr()).toContain("API key, shown this once");
  expect(gateway.stdout()).not.toContain(key);

  const closed = await call(["sources", "--server", gateway.url]);
  expect(closed.code).toBe(77);
  expect(closed.stderr).toContain("Set RINGDOWN_TOKEN to a valid API key of this server.");
  const wrong = await call(["sources", "--server", gateway.url, "--token", "rd_wrong"]);
  expect(wrong.code).toBe(77);
  const open = await call(["sources", "--server", gateway.url], { env: { RINGDOWN_TOKEN: key } });
  expect(open.code).toBe(0);

  expect(await gateway.stop()).toBe(0);
  const again = await startServe(path);
  expect(again.stderr()).not.toContain("rd_");
  const still = await call(["sources", "--server", again.url, "--token", key]);
  expect(still.code).toBe(0);
});

test("with RINGDOWN_ADMIN_KEY none is made", async () => {
  const key = "a-key-of-our-own-choice";
  const gateway = await startServe(createFolder().path, { RINGDOWN_ADMIN_KEY: key });

  expect(gateway.stderr()).not.toContain("API key");
  const { code } = await call(["sources", "--server", gateway.url, "--token", key]);
  expect(code).toBe(0);
});

test("standard output has the ready record and nothing else; the log is JSON lines", async () => {
  const gateway = await startServe(createFolder().path, { RINGDOWN_ADMIN_KEY: "a-key-of-our-own" });
  expect(await gateway.stop("SIGINT")).toBe(0);

  expect(records(gateway.stdout())).toEqual([gateway.ready]);
  expect(gateway.ready).toMatchObject({ type: "ready", v: 1, sources: [] });
  expect(records(gateway.stderr())).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ event: "gateway.started" }),
      expect.objectContaining({ event: "gateway.stopped" }),
    ]),
  );
});

test("a busy port is an error here, with a way out", async () => {
  const other = createServer();
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const args = ["serve", "--host", "127.0.0.1", "--port", String(port), "--store", "memory"];
  const { code, stderr } = await call(args, { cwd: createFolder().path });
  other.close();

  expect(code).toBe(1);
  expect(stderr).toContain(`127.0.0.1:${String(port)} is in use by another process.`);
  expect(stderr).toContain("--port 0 takes any free one");
});

test("a data folder that another gateway holds is refused", async () => {
  const { path } = createFolder();
  await startServe(path);
  const args = ["serve", "--host", "127.0.0.1", "--port", "0"];
  const { code, stderr } = await call(args, { cwd: path });

  expect(code).toBe(1);
  expect(stderr).toContain("another process holds the data folder");
});
