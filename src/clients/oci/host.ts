import net from 'node:net';

const PRIVATE = new net.BlockList();
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(address, bits, 'ipv6');

/** Whether a URL's host name is this machine, written as a name or an address. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** Whether a URL's host name is an address that only this machine or this network knows, in any notation that URL reads. */
export function isPrivate(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  const family = net.isIP(address);
  if (family === 0) return /(?:^|\.)(?:localhost|metadata\.google\.internal)\.?$/.test(hostname);
  return PRIVATE.check(address, family === 4 ? 'ipv4' : 'ipv6') || (family === 6 && isPrivate(translated(address)));
}

/** The IPv4 address behind one of a NAT64 (RFC 6052): where there is no IPv4, every public name has one of these. Empty where it is none. */
function translated(address: string): string {
  const [, high = '', low = ''] =
    /^\[64:ff9b::(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})\]$/.exec(URL.parse(`http://[${address}]`)?.hostname ?? '') ?? [];
  if (low === '') return '';
  const bits = Number.parseInt(high || '0', 16) * 0x10000 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}
