/**
 * Receives deploys from Ringdown, builds the site and serves it.
 *
 *   POST /deploy   verified, then built beside the site that is live, then switched to at once
 *   GET /…         the site that is live
 *
 * `current` is a link to one of the releases and is replaced by a rename: a visitor sees the old site
 * or the new one, nothing between. A build that fails is removed and answered with 500: the old site
 * stays, and Ringdown tries again on its schedule. Deploys are made one after the other.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { verifyStandardWebhook } from "@ringdown/receiver";
import { buildSite } from "./site/build.ts";

export type ReceiverOptions = {
  /** Markdown; in your own project, the checkout that is pulled before each build. */
  readonly contentDir: string;
  /** Where releases and the link `current` live. */
  readonly dataDir: string;
  /** The secret that Ringdown signs with, `whsec_…`. */
  readonly secret: string;
  readonly port: number;
};

export type Receiver = {
  readonly url: string;
  /** Deploys that went live. */
  readonly deploys: readonly { readonly commit: string }[];
  close(): Promise<void>;
};

const RELEASES_KEPT = 3;

export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const deploys: { commit: string }[] = [];
  const server = createServer((request, response) => {
    const answered =
      request.method === "POST"
        ? deploy(request, response)
        : Promise.resolve(serve(request, response));
    // The sender hung up half-way.
    answered.catch(() => response.destroy());
  });

  async function deploy(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const headers = request.headers as Record<string, string>;
    const { secret } = options;
    const result = verifyStandardWebhook({ headers, body, secrets: [secret], nowMs: Date.now() });
    if (request.url !== "/deploy" || result.status !== "verified") {
      response.writeHead(request.url === "/deploy" ? 401 : 404).end();
      return;
    }
    const { after: commit = "" } = JSON.parse(body.toString()) as { after?: string };
    try {
      // Not a promise on purpose: a second deploy cannot begin before this one is live.
      goLive(options, headers["webhook-id"] ?? "");
    } catch (error) {
      response.writeHead(500).end(`the build failed, the old site stays: ${String(error)}`);
      return;
    }
    deploys.push({ commit });
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ commit }));
  }

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const page = basename(request.url === "/" ? "index.html" : (request.url ?? ""));
    const file = join(options.dataDir, "current", page);
    if (!page.endsWith(".html") || !existsSync(file)) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "text/html" }).end(readFileSync(file));
  }

  await new Promise<void>((resolve) => server.listen(options.port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    deploys,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @throws when the build fails; then everything is as it was */
function goLive({ contentDir, dataDir }: ReceiverOptions, deliveryId: string): void {
  const releases = join(dataDir, "releases");
  // Names sort by time; the id comes from a verified header, but is no path.
  const name = `${String(Date.now())}-${deliveryId.replaceAll(/\W/g, "")}`;
  const release = join(releases, name);
  mkdirSync(release, { recursive: true });
  try {
    buildSite(contentDir, release);
  } catch (error) {
    rmSync(release, { recursive: true });
    throw error;
  }
  const next = join(dataDir, "next");
  rmSync(next, { force: true });
  symlinkSync(join("releases", name), next);
  renameSync(next, join(dataDir, "current"));
  const old = readdirSync(releases).toSorted().slice(0, -RELEASES_KEPT);
  for (const each of old) rmSync(join(releases, each), { recursive: true });
}
