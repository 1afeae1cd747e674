/** Baseline 1: a bare node:http server that reads the body, checks the HMAC and answers. Nothing is kept. */
import { createServer } from "node:http";
import { isGenuine } from "../lib/check-signature.ts";
import { announce } from "../lib/child.ts";

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
    const genuine = isGenuine(request.headers["stripe-signature"] as string | undefined, body);
    response.writeHead(genuine ? 200 : 401, ["content-length", "2"]);
    response.end("ok");
  });
});
server.listen(0, "127.0.0.1", () => announce(server));
