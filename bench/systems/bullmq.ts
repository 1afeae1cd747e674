/**
 * Baseline 3: what a Node team would build. Express takes the raw body, checks the HMAC, adds a job
 * to BullMQ and answers; a worker in the same process signs and sends it through undici. Redis keeps
 * an append-only file, flushed every second (the setting BullMQ's documentation recommends), so up
 * to a second of answered events can be lost: a weaker promise than Ringdown's.
 */
import { createHmac, randomUUID } from "node:crypto";
import { Queue, Worker } from "bullmq";
import express, { type Request, type Response } from "express";
import { Pool } from "undici";
import { isGenuine } from "../lib/check-signature.ts";
import { announce } from "../lib/child.ts";

const sink = new URL(process.env["BENCH_SINK"] ?? "");
const connection = { host: "127.0.0.1", port: Number(process.env["BENCH_REDIS_PORT"]) };
const pool = new Pool(sink.origin, { connections: 64, pipelining: 1 });
const key = Buffer.from("0123456789abcdef0123456789abcdef");
const options = {
  removeOnComplete: true,
  attempts: 5,
  backoff: { type: "exponential", delay: 1000 },
};
const queue = new Queue("deliveries", { connection });

const worker = new Worker<{ body: string }>(
  "deliveries",
  async (job) => {
    const body = Buffer.from(job.data.body, "base64");
    const id = job.id ?? randomUUID();
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = createHmac("sha256", key)
      .update(`${id}.${timestamp}.`)
      .update(body)
      .digest("base64");
    const answer = await pool.request({
      path: sink.pathname,
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": `v1,${signature}`,
      },
      body,
    });
    await answer.body.dump();
    if (answer.statusCode >= 300) throw new Error(`status ${answer.statusCode}`);
  },
  { connection, concurrency: 64 },
);

const app = express();
app.disable("x-powered-by");
app.use(express.raw({ type: () => true, limit: "1mb" }));
app.post("/in", async (request: Request, response: Response) => {
  const body = request.body as Buffer;
  if (!isGenuine(request.header("stripe-signature"), body)) {
    response.status(401).end();
    return;
  }
  await queue.add("deliver", { body: body.toString("base64") }, options);
  response.status(200).send("ok");
});
await worker.waitUntilReady();
const server = app.listen(0, "127.0.0.1", () => announce(server));
