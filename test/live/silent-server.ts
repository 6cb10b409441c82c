import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on 127.0.0.1 that takes every request and never answers. */
export type SilentServer = Readonly<{ host: string; asked: Promise<void>; stop(): Promise<void> }>;

/** Starts one; `asked` is fulfilled by its first request. */
export async function startSilentServer(): Promise<SilentServer> {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const server = http.createServer(() => resolve());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((stopped) => {
      server.close(() => stopped());
      server.closeAllConnections();
    });
  return { host: `127.0.0.1:${port}`, asked, stop };
}
