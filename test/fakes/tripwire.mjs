// Loaded before the program: every attempt to leave the process is written down, and fails.

import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import net from 'node:net';

const trip = (what) => {
  appendFileSync(process.env.TRIPWIRE, `${what}\n`);
  throw new Error(`the closed network was left: ${what}`);
};
net.Socket.prototype.connect = () => trip('connect');
dgram.createSocket = () => trip('datagram');
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  dns[name] = () => trip(`dns.${name}`);
  dns.promises[name] = () => trip(`dns.promises.${name}`);
}
