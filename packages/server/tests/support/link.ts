/**
 * A wire to a server that a test can cut: between the two everything passes as it is, until it is cut,
 * or until the answers are kept back while the questions still arrive.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export type Link = {
  readonly port: number;
  /** At once and without a goodbye, as for a process that was killed; later connections are refused. */
  cut(): void;
  /** New connections pass again. */
  mend(): void;
  /** What the server says no longer arrives; what it is told does. Until `cut`. */
  holdAnswers(): void;
  close(): Promise<void>;
};

export async function createLink(serverPort: number): Promise<Link> {
  const sockets = new Set<Socket>();
  const state = { isCut: false, holding: false };

  const listener = createServer((near) => {
    if (state.isCut) {
      near.destroy();
      return;
    }
    const far = connect(serverPort, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk: Buffer) => {
        if (from === far && state.holding) return;
        to.write(chunk);
      });
      // A socket that breaks says so by "close" as well.
      from.on("error", () => undefined);
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");

  function cut(): void {
    state.isCut = true;
    state.holding = false;
    for (const socket of sockets) socket.destroy();
  }

  return {
    port: (listener.address() as AddressInfo).port,
    cut,
    mend() {
      state.isCut = false;
    },
    holdAnswers() {
      state.holding = true;
    },
    async close() {
      cut();
      const closed = once(listener, "close");
      listener.close();
      await closed;
    },
  };
}
