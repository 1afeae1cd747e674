import { describe, expect, test } from "vitest";

import { createGuard } from "./guard.ts";
import type { ListenAddress } from "./guard.ts";

function guardWith(options: {
  readonly denyAddresses?: readonly ListenAddress[];
  readonly denyNetworks?: readonly string[];
}) {
  const { denyAddresses = [], denyNetworks = [] } = options;
  return createGuard({ denyAddresses: () => denyAddresses, denyNetworks });
}

describe("createGuard", () => {
  test("[I9] a request of public scope may go to public addresses only", () => {
    const guard = guardWith({});
    expect(guard.check("8.8.8.8", 443, "public")).toBeUndefined();
    expect(guard.check("10.0.0.1", 443, "public")).toBe("private");
  });

  test("[I9] the wider scope opens private networks, not metadata or link-local addresses", () => {
    const guard = guardWith({});
    expect(guard.check("10.0.0.1", 443, "public_and_private")).toBeUndefined();
    expect(guard.check("127.0.0.1", 443, "public_and_private")).toBeUndefined();
    expect(guard.check("fd12::1", 443, "public_and_private")).toBeUndefined();
    expect(guard.check("169.254.169.254", 80, "public_and_private")).toBe("link_local");
    expect(guard.check("100.100.100.200", 80, "public_and_private")).toBe("metadata");
    expect(guard.check("fd00:ec2::254", 80, "public_and_private")).toBe("metadata");
    expect(guard.check("::ffff:127.0.0.1", 80, "public_and_private")).toBe("embedded_ipv4");
  });

  test("[I9] an own listener is closed in every scope, its neighbour port is not", () => {
    const guard = guardWith({ denyAddresses: [{ address: "127.0.0.1", port: 8484 }] });
    expect(guard.check("127.0.0.1", 8484, "public_and_private")).toBe("own_address");
    expect(guard.check("127.0.0.1", 8485, "public_and_private")).toBeUndefined();
    expect(guard.check("10.0.0.1", 8484, "public_and_private")).toBeUndefined();
  });

  test.each(["0.0.0.0", "::"])(
    "[I9] a listener on %s closes every address of the machine",
    (any) => {
      const guard = guardWith({ denyAddresses: [{ address: any, port: 8484 }] });
      expect(guard.check("127.0.0.1", 8484, "public_and_private")).toBe("own_address");
      expect(guard.check("127.9.9.9", 8484, "public_and_private")).toBe("own_address");
      expect(guard.check("8.8.8.8", 8484, "public")).toBeUndefined();
    },
  );

  test("[I9] a listener that comes up later is closed as well", () => {
    const listeners: ListenAddress[] = [];
    const guard = createGuard({ denyAddresses: () => listeners, denyNetworks: [] });
    expect(guard.check("127.0.0.1", 8484, "public_and_private")).toBeUndefined();
    listeners.push({ address: "127.0.0.1", port: 8484 });
    expect(guard.check("127.0.0.1", 8484, "public_and_private")).toBe("own_address");
  });

  test("[I9] a denied network is closed although it looks public", () => {
    const guard = guardWith({ denyNetworks: ["8.8.8.0/24", "2606:4700:64::/96"] });
    expect(guard.check("8.8.8.8", 443, "public")).toBe("denied_network");
    expect(guard.check("8.8.9.8", 443, "public")).toBeUndefined();
    expect(guard.check("2606:4700:64::a00:1", 443, "public")).toBe("denied_network");
  });

  test.each(["8.8.8.8", "example.com/24", "8.8.8.0/", "8.8.8.0/33", ""])(
    "refuses %j as a network",
    (network) => {
      expect(() => guardWith({ denyNetworks: [network] })).toThrow(/range/);
    },
  );
});
