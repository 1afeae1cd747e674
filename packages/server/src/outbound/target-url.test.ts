import { describe, expect, test } from "vitest";

import { parseTargetUrl } from "./target-url.ts";

function hrefOf(text: string): string {
  const target = parseTargetUrl(text);
  return target.kind === "valid" ? target.url.href : target.problem;
}

function literalOf(text: string): unknown {
  const target = parseTargetUrl(text);
  return target.kind === "valid" ? target.literal : target.problem;
}

describe("parseTargetUrl", () => {
  test.each([
    ["https://example.com", "https://example.com/"],
    ["HTTPS://EXAMPLE.com:443/a%20b?x=1&x=2", "https://example.com/a%20b?x=1&x=2"],
    ["http://inventory:3000/in", "http://inventory:3000/in"],
    ["https://bücher.example/", "https://xn--bcher-kva.example/"],
    ["https://example.com/a?b#fragment", "https://example.com/a?b"],
    ["https://example.com./a", "https://example.com/a"],
    ["http://[2606:4700::1]:8080/", "http://[2606:4700::1]:8080/"],
    ["http://my_service:8080/", "http://my_service:8080/"],
  ])("takes %s", (text, href) => {
    expect(hrefOf(text)).toBe(href);
  });

  test.each([
    ["", "scheme"],
    ["example.com/x", "scheme"],
    ["ftp://example.com/", "scheme"],
    ["file:///etc/passwd", "scheme"],
    ["javascript:alert(1)", "scheme"],
    ["unix:/run/docker.sock", "scheme"],
    ["http:example.com", "scheme"],
    ["http:/example.com", "scheme"],
    ["http:///example.com", "unparsable"],
    ["http:////example.com", "unparsable"],
    ["http://", "unparsable"],
    ["http://?x", "unparsable"],
    ["http://exa%00mple.com/", "unparsable"],
    ["http://[::1", "unparsable"],
    ["http://[fe80::1%25eth0]/", "unparsable"],
    ["http://example.com:65536/", "unparsable"],
    ["http://1.2.3.256/", "unparsable"],
    ["http://a.1.2.3.4.5/", "unparsable"],
    [" http://example.com/", "characters"],
    ["http://example.com/a b", "characters"],
    ["http://example.com/\r\nX: y", "characters"],
    ["ht\ttp://example.com/", "characters"],
    ["http://example.com\\@127.0.0.1/", "characters"],
    ["http:\\\\example.com", "characters"],
    ["http://me:secret@example.com/", "credentials"],
    ["http://me@example.com/", "credentials"],
    ["http://example.com@127.0.0.1/", "credentials"],
    ["http://example.com:0/", "port"],
    ["http://example.com:22/", "port"],
    ["http://example.com:25/", "port"],
    ["http://example.com:1023/", "port"],
    ["http://example.com:6379/", "port"],
    ["http://example.com:11211/", "port"],
    ["http://example.com:6667/", "port"],
    ["http://example.com../", "host"],
    [`http://${"a".repeat(254)}/`, "host"],
    [`http://example.com/${"a".repeat(8192)}`, "too_long"],
  ])("refuses %j: %s", (text, problem) => {
    expect(parseTargetUrl(text)).toMatchObject({ kind: "refused", problem });
  });

  test.each([80, 443, 1024, 3000, 8080, 8484, 65535])("takes port %d", (port) => {
    expect(parseTargetUrl(`http://example.com:${port}/`).kind).toBe("valid");
  });

  test("[I9] tells the class of an address, however it is spelled, and none for a name", () => {
    expect(literalOf("http://example.com/")).toBeUndefined();
    expect(literalOf("http://localhost/")).toBeUndefined();
    expect(literalOf("http://8.8.8.8/")).toBe("public");
    for (const host of ["127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "127.0.0.1."]) {
      expect(literalOf(`http://${host}/`)).toEqual({ blocked: "loopback" });
    }
    expect(literalOf("http://１２７.０.０.１/")).toEqual({ blocked: "loopback" });
    expect(literalOf("http://%31%32%37.0.0.1/")).toEqual({ blocked: "loopback" });
    expect(literalOf("http://[::ffff:127.0.0.1]/")).toEqual({ blocked: "embedded_ipv4" });
  });
});
