/**
 * IP addresses as numbers: an IPv4 address is one unsigned 32-bit integer, an IPv6 address is eight
 * 16-bit groups. Only canonical text is understood (dotted quad, RFC 4291 forms); the hexadecimal,
 * octal and short spellings that URLs allow are already gone after `new URL()`.
 *
 * Pure. Cost: O(length); runs once per connection, not per request.
 */
import { isIPv4, isIPv6 } from "node:net";

/** `undefined` if the text is not a dotted quad. */
export function parseIpv4(text: string): number | undefined {
  if (!isIPv4(text)) return undefined;
  return text.split(".").reduce((value, part) => value * 256 + Number(part), 0);
}

/** `undefined` if the text is not an IPv6 address; a zone id (`%eth0`) makes it none. */
export function parseIpv6(text: string): readonly number[] | undefined {
  if (text.includes("%") || !isIPv6(text)) return undefined;
  const [head = "", tail] = text.split("::", 2);
  const first = parseGroups(head);
  if (tail === undefined) return first;

  const last = parseGroups(tail);
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0);
  return [...first, ...zeros, ...last];
}

function parseGroups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const embedded = parseIpv4(group) ?? 0;
    return [embedded >>> 16, embedded & 0xffff];
  });
}

/** Whether the first `bits` bits of two IPv4 addresses are the same; `bits` is 1 to 32. */
export function sameIpv4Prefix(left: number, right: number, bits: number): boolean {
  return (left ^ right) >>> (32 - bits) === 0;
}

/** Whether the first `bits` bits of two IPv6 addresses are the same; `bits` is 1 to 128. */
export function sameIpv6Prefix(
  left: readonly number[],
  right: readonly number[],
  bits: number,
): boolean {
  for (let index = 0, rest = bits; rest > 0; index += 1, rest -= 16) {
    const difference = (left[index] ?? 0) ^ (right[index] ?? 0);
    if (difference >>> Math.max(0, 16 - rest) !== 0) return false;
  }
  return true;
}
