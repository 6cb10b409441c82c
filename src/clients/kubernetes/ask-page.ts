import { unreadable } from '../../error.ts';
import type { Answer, Head, Receiver } from '../http.ts';
import type { Kubernetes } from '../kubernetes.ts';

/** What is done with what a list holds, in the order in which it arrives. */
export type ListTaker<T> = Readonly<{
  /** Where the list goes on, empty at its last page, and how much the server says is left; it is known before the items of this page. */
  goesOn(token: string, remaining: number): void;
  item(item: T): void;
  /** One item that could not be read: which, as far as that could be read, and why. */
  unreadable(which: unknown, why: string): void;
}>;

/** An encoding in which a list can be read while it arrives. */
export type Encoding<T> = Readonly<{ mediaType: string; open(taker: ListTaker<T>): Receiver }>;

/** What was read of a page while it arrived. */
export type PageRead<T> = { token: string; remaining: number; items: T[]; unreadable: { which: unknown; why: string }[] };

/** A page that has been asked for. */
export type AskedPage<T> = Readonly<{
  /** Where the list goes on, as soon as that is known; empty where it is not known before the page has ended. */
  next: Promise<string>;
  answer: Promise<Answer>;
  /** What was read of it; undefined where it came in JSON, which is then the body of the answer. */
  read(): PageRead<T> | undefined;
  /** Lets it go, if it is no longer wanted. */
  abandon(): Promise<void>;
}>;

/** Asks for a page in an encoding, or in JSON from a server that does not have it. */
export function askPage<T>(api: Kubernetes, path: string, encoding: Encoding<T> | undefined): AskedPage<T> {
  const { promise: next, resolve } = Promise.withResolvers<string>();
  let read: PageRead<T> | undefined;
  let isWanted = true;
  const receive = (head: Head) => {
    if (!isWanted) throw unreadable('incomplete', 'a page that nobody waits for');
    // Of an attempt that was cut short nothing counts.
    read = undefined;
    if (encoding === undefined || head.status !== 200 || !isIn(encoding, head)) return undefined;
    const page: PageRead<T> = { token: '', remaining: 0, items: [], unreadable: [] };
    read = page;
    return encoding.open(takerOf(page, resolve));
  };
  const accept = encoding ? `${encoding.mediaType}, application/json;q=0.9` : 'application/json';
  const answer = api.get(path, { accept, receive });
  const settled = answer.then(
    () => resolve(''),
    () => resolve(''),
  );
  const abandon = () => {
    isWanted = false;
    return settled;
  };
  return { next, answer, read: () => read, abandon };
}

function isIn({ mediaType }: Encoding<never>, { headers }: Head): boolean {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() === mediaType;
}

function takerOf<T>(page: PageRead<T>, resolve: (token: string) => void): ListTaker<T> {
  return {
    goesOn(token, remaining) {
      page.token = token;
      page.remaining = remaining;
      resolve(token);
    },
    item: (item) => void page.items.push(item),
    unreadable: (which, why) => void page.unreadable.push({ which, why }),
  };
}
