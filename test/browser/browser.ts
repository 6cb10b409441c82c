import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

type Params = Readonly<Record<string, unknown>>;
type Message = Readonly<{
  id?: number;
  method?: string;
  params?: Params;
  result?: Params;
  error?: Readonly<{ message: string }>;
  sessionId?: string;
}>;

/** One page of a browser, spoken to in the words of the DevTools protocol. */
export type Page = Readonly<{
  send(method: string, params?: Params): Promise<Params>;
  /** Everything that the page has told so far by this name. */
  heard(method: string): readonly Params[];
  /** Fulfilled when the page next tells something by this name. */
  next(method: string): Promise<Params>;
}>;

/** A browser without a window, with a profile of its own. */
export type Browser = Readonly<{ openPage(): Promise<Page>; closePages(): Promise<void>; close(): Promise<void> }>;

const QUIET = [
  '--headless',
  '--remote-debugging-pipe',
  '--hide-scrollbars',
  '--no-first-run',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the program, which is a Chromium, and speaks to it through a pipe: no port is opened. */
export function openBrowser(program: string): Browser {
  const home = mkdtempSync(path.join(tmpdir(), 'selfsame-browser-'));
  // Chromium refuses to make its sandbox for root; it is shown nothing but files of ours.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(program, [...QUIET, ...sandbox, `--user-data-dir=${home}`, 'about:blank'], {
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const wire = openWire(child);
  const close = async () => {
    const ended = once(child, 'exit');
    await wire.send('Browser.close');
    await ended;
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  const opened: string[] = [];
  const closePages = async () => {
    for (const targetId of opened.splice(0)) await wire.send('Target.closeTarget', { targetId });
  };
  return { openPage: () => openPage(wire, opened), closePages, close };
}

type Wire = Readonly<{
  send(method: string, params?: Params, sessionId?: string): Promise<Params>;
  listen(sessionId: string, hear: (message: Message) => void): void;
}>;
type Waiting = Readonly<{ resolve: (result: Params) => void; reject: (why: Error) => void }>;

/** Messages are JSON and end with a zero byte: file descriptor 3 is the browser's ear, 4 its mouth. */
function openWire(child: ChildProcess): Wire {
  // Both were asked for as pipes when it was started.
  const [, , , ear, mouth] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, Waiting>();
  const ears = new Map<string, (message: Message) => void>();
  const giveUp = (why: Error) => [...waiting.values()].forEach(({ reject }) => reject(why));
  child.on('error', giveUp).on('exit', (code) => giveUp(new Error(`the browser ended with ${code}`)));
  // A browser that does not start is told by its exit.
  ear.on('error', () => undefined);
  hearMessages(mouth, (message) => {
    if (message.id === undefined) return ears.get(message.sessionId ?? '')?.(message);
    const one = waiting.get(message.id);
    waiting.delete(message.id);
    return message.error ? one?.reject(new Error(message.error.message)) : one?.resolve(message.result ?? {});
  });
  let id = 0;
  const send: Wire['send'] = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      waiting.set(++id, { resolve, reject });
      ear.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  return { send, listen: (sessionId, hear) => ears.set(sessionId, hear) };
}

function hearMessages(mouth: Readable, hear: (message: Message) => void): void {
  let rest = '';
  mouth.setEncoding('utf8').on('data', (piece: string) => {
    const messages = (rest + piece).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) hear(JSON.parse(message) as Message);
  });
}

const DOMAINS = ['Page', 'Runtime', 'Network', 'Log', 'DOM'];

async function openPage(wire: Wire, opened: string[]): Promise<Page> {
  const { targetId } = await wire.send('Target.createTarget', { url: 'about:blank' });
  opened.push(String(targetId));
  const { sessionId } = await wire.send('Target.attachToTarget', { targetId, flatten: true });
  const told: Message[] = [];
  const hearing = new Map<string, (params: Params) => void>();
  wire.listen(String(sessionId), (message) => {
    told.push(message);
    hearing.get(message.method ?? '')?.(message.params ?? {});
  });
  const send: Page['send'] = (method, params) => wire.send(method, params, String(sessionId));
  for (const domain of DOMAINS) await send(`${domain}.enable`);
  return {
    send,
    heard: (name) => told.flatMap(({ method, params = {} }) => (method === name ? [params] : [])),
    next: (method) => new Promise((resolve) => hearing.set(method, resolve)),
  };
}
