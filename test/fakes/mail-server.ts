import { once } from 'node:events';
import net from 'node:net';

export type MailServer = Readonly<{ url: string; received(): readonly string[]; stop(): Promise<void> }>;

/** A mail server that takes every message, as RFC 5321 says, and keeps it as it came. */
export async function startMailServer(): Promise<MailServer> {
  const messages: string[] = [];
  const server = net.createServer((socket) => talk(socket, messages));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Listening on TCP, it has an address with a port.
  const { port } = server.address() as net.AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received: () => messages,
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}

function talk(socket: net.Socket, messages: string[]): void {
  let pending = '';
  let isMessage = false;
  socket.setEncoding('utf8').write('220 harbour.test\r\n');
  socket.on('data', (text: string) => {
    pending += text;
    for (let end = pending.indexOf(ends(isMessage)); end >= 0; end = pending.indexOf(ends(isMessage))) {
      const told = pending.slice(0, end);
      pending = pending.slice(end + ends(isMessage).length);
      if (isMessage) messages.push(`${told}\r\n`.replaceAll(/^\./gm, ''));
      const isNext = !isMessage && told === 'DATA';
      socket.write(isNext ? '354 go on\r\n' : `${told === 'QUIT' ? 221 : 250} fine\r\n`);
      isMessage = isNext;
    }
  });
}

function ends(isMessage: boolean): string {
  return isMessage ? '\r\n.\r\n' : '\r\n';
}
