/**
 * The address guard (I9): one question, asked of every resolved address before a connection and of
 * the socket's own address after it. Whoever asks decides nothing itself.
 *
 * Own listeners and networks the operator denied stay closed even to requests that may go to
 * private networks: otherwise such a destination would reach the gateway's own API.
 *
 * Cost: once or twice per connection, never per request.
 */
import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";

import { classifyAddress, isPrivateNetwork } from "./address-policy.ts";
import type { BlockReason } from "./address-policy.ts";

/** A listener of this process. `0.0.0.0` and `::` stand for every address of the machine. */
export type ListenAddress = { readonly address: string; readonly port: number };

export type GuardOptions = {
  /** Asked anew for each check, because listeners come up after the guard. */
  readonly denyAddresses: () => readonly ListenAddress[];
  /** CIDR ranges closed to everybody, such as the NAT64 prefix of the operator's own network. */
  readonly denyNetworks: readonly string[];
};

export type Guard = {
  /** Why this address may not be connected to, or `undefined` if it may. */
  check(address: string, port: number, scope: GuardScope): BlockReason | undefined;
};

export type GuardScope = "public" | "public_and_private";

const LISTEN_EVERYWHERE: ReadonlySet<string> = new Set(["0.0.0.0", "::", ""]);

/** @throws TypeError if an entry of `denyNetworks` is not a CIDR range. */
export function createGuard(options: GuardOptions): Guard {
  const denied = parseNetworks(options.denyNetworks);

  return {
    check(address, port, scope) {
      if (options.denyAddresses().some((own) => isOwnAddress(own, address, port))) {
        return "own_address";
      }
      if (denied.check(address, familyOf(address))) return "denied_network";

      const verdict = classifyAddress(address);
      if (verdict === "public") return undefined;
      const lifted = scope === "public_and_private" && isPrivateNetwork(verdict.blocked);
      return lifted ? undefined : verdict.blocked;
    },
  };
}

function isOwnAddress(own: ListenAddress, address: string, port: number): boolean {
  if (own.port !== port) return false;
  if (own.address === address) return true;
  return LISTEN_EVERYWHERE.has(own.address) && isLocalAddress(address);
}

function isLocalAddress(address: string): boolean {
  const verdict = classifyAddress(address);
  if (verdict !== "public" && verdict.blocked === "loopback") return true;
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some((own) => own.address === address),
  );
}

function parseNetworks(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits = ""] = network.split("/");
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits)) {
      throw new TypeError(`Not an address range: ${network}`);
    }
    list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}
