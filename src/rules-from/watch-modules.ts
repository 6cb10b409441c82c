import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Digest } from '../domain/digest.ts';
import { sha256 } from '../domain/identify.ts';

/** Every file that was loaded while they were watched, with the digest of its bytes; `end` lets modules load as ever again. */
export type Watched = Readonly<{ loaded: ReadonlyMap<string, Digest>; end(): void }>;

/** What is ours to lend: a rule imports it although nothing is installed beside it, and gets the instance that judges. */
const LENT = /^(?:selfsame|zod)(?:\/|$)/;

/** Watches the loading of some files and of everything that they import; they are lent this package, and what its schemas are made with. */
export function watchModules(files: readonly string[]): Watched {
  const entries = new Set(files.map((file) => pathToFileURL(file).href));
  const theirs = new Set<string>();
  const loaded = new Map<string, Digest>();
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const isTheirs = entries.has(specifier) || theirs.has(context.parentURL ?? '');
      if (!isTheirs) return next(specifier, context);
      if (LENT.test(specifier)) return next(specifier, { ...context, parentURL: import.meta.url });
      const found = next(specifier, context);
      if (found.url.startsWith('file:')) theirs.add(found.url);
      return found;
    },
    load(url, context, next) {
      const found = next(url, context);
      // CommonJS is read by its own loader.
      if (theirs.has(url)) loaded.set(fileURLToPath(url), digestOf(found.source ?? readFileSync(fileURLToPath(url))));
      return found;
    },
  });
  return { loaded, end: () => hooks.deregister() };
}

function digestOf(source: string | ArrayBuffer | NodeJS.TypedArray): Digest {
  const bytes = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : source;
  return Digest.parse(`sha256:${sha256(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes)}`);
}
