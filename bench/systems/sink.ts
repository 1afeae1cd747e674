/**
 * A destination that can misbehave and that measures: it subtracts the sender's stamp (`x-sent-us`)
 * from the machine's monotonic clock. Paths: `/ok/…` answers at once, `/hang/…` never does.
 * `GET /report` gives count and latency percentiles since the last report.
 */
import { createServer } from "node:http";
import { announce } from "../lib/child.ts";
import { nowUs, percentiles } from "../lib/open-loop.ts";

let latenciesMs: number[] = [];
let count = 0;

const server = createServer((request, response) => {
  if (request.url === "/report") {
    response.end(JSON.stringify({ count, e2eMs: percentiles(latenciesMs) }));
    latenciesMs = [];
    count = 0;
    return;
  }
  request.resume();
  if (request.url?.startsWith("/hang") === true) return;
  request.on("end", () => {
    const stamp = request.headers["x-sent-us"];
    if (typeof stamp === "string") latenciesMs.push((nowUs() - Number(stamp)) / 1000);
    count += 1;
    response.writeHead(200, ["content-length", "2"]);
    response.end("ok");
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => announce(server));
