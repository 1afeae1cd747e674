/**
 * An open-loop load generator over raw sockets: requests leave when the clock says so, whether or
 * not earlier ones were answered, and latency counts from the moment a request was due. A closed loop
 * would slow down with the system and hide its pauses (coordinated omission).
 *
 * The request is serialised once; each carries its due time in a header of fixed width, which a
 * destination on the same machine can subtract from its own clock (`x-sent-us`).
 */
import { connect, type Socket } from "node:net";
import { BODY, signatureAt } from "./signed-body.ts";

export type OpenLoopOptions = {
  readonly url: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** Connections; one request at a time on each. */
  readonly connections: number;
};

export type OpenLoopResult = {
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  /** Due but never sent, because every connection was still waiting at the end. */
  readonly unsent: number;
  readonly ackMs: Percentiles;
};

export type Percentiles = {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
};

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

/** Microseconds on the machine's monotonic clock: the same for all processes. */
export const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

const STAMP_DIGITS = 16;

type Worker = { readonly socket: Socket; dueUs: number | undefined; received: string };

export async function runOpenLoop(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const url = new URL(options.url);
  const { head, stampAt } = serialise(url);
  const latencies: number[] = [];
  const counts = { sent: 0, ok: 0, failed: 0 };
  const due: number[] = [];
  const idle: Worker[] = [];
  const workers: Worker[] = [];

  function send(worker: Worker, dueUs: number): void {
    worker.dueUs = dueUs;
    counts.sent += 1;
    head.write(String(dueUs).padStart(STAMP_DIGITS, "0"), stampAt, "latin1");
    worker.socket.write(Buffer.from(head));
  }

  function onAnswer(worker: Worker, status: number): void {
    if (worker.dueUs === undefined) return;
    latencies.push((nowUs() - worker.dueUs) / 1000);
    if (status >= 200 && status < 300) counts.ok += 1;
    else counts.failed += 1;
    worker.dueUs = undefined;
    const next = due.shift();
    if (next === undefined) idle.push(worker);
    else send(worker, next);
  }

  for (let i = 0; i < options.connections; i++) {
    const worker = await openWorker(url, onAnswer);
    workers.push(worker);
    idle.push(worker);
  }
  const startUs = nowUs();
  const endUs = startUs + options.seconds * 1e6;
  let scheduled = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const passedUs = nowUs() - startUs;
      const target = Math.min(
        options.perSecond * options.seconds,
        Math.floor((passedUs / 1e6) * options.perSecond),
      );
      for (; scheduled < target; scheduled++) {
        const dueUs = Math.floor(startUs + (scheduled / options.perSecond) * 1e6);
        const worker = idle.pop();
        if (worker === undefined) due.push(dueUs);
        else send(worker, dueUs);
      }
      const done = counts.ok + counts.failed === counts.sent && due.length === 0;
      if (nowUs() < endUs || (!done && nowUs() < endUs + 5e6)) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  for (const worker of workers) worker.socket.destroy();
  return { ...counts, unsent: due.length, ackMs: percentiles(latencies) };
}

function serialise(url: URL): { head: Buffer; stampAt: number } {
  const before =
    `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\n` +
    `stripe-signature: ${signatureAt(Math.floor(Date.now() / 1000))}\r\ncontent-length: ${BODY.length}\r\nx-sent-us: `;
  const head = Buffer.concat([
    Buffer.from(`${before}${"0".repeat(STAMP_DIGITS)}\r\n\r\n`, "latin1"),
    BODY,
  ]);
  return { head, stampAt: before.length };
}

async function openWorker(
  url: URL,
  onAnswer: (worker: Worker, status: number) => void,
): Promise<Worker> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  const worker: Worker = { socket, dueUs: undefined, received: "" };
  socket.on("error", () => onAnswer(worker, 0));
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    worker.received += chunk;
    const headEnd = worker.received.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(worker.received)?.[1] ?? 0);
    if (worker.received.length < headEnd + 4 + length) return;
    const status = Number(worker.received.slice(9, 12));
    worker.received = "";
    onAnswer(worker, status);
  });
  return worker;
}
