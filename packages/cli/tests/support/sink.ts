/** A destination for tests: counts what it gets, and answers as its path says (`/ok`, `/500`). */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

export type Sink = {
  readonly url: string;
  readonly received: () => readonly { readonly path: string; readonly body: string }[];
};

export async function startSink(): Promise<Sink> {
  const received: { path: string; body: string }[] = [];
  const server: Server = createServer((httpRequest, httpResponse) => {
    const parts: Buffer[] = [];
    httpRequest.on("data", (part: Buffer) => parts.push(part));
    httpRequest.on("end", () => {
      const path = httpRequest.url ?? "";
      received.push({ path, body: Buffer.concat(parts).toString("utf8") });
      httpResponse.statusCode = Number(/\d{3}/.exec(path)?.[0] ?? 200);
      httpResponse.end("said the sink");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}`, received: () => received };
}
