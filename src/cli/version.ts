import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder that the package lies in. */
export function packageFolder(): string {
  return fileURLToPath(new URL('.', import.meta.resolve('selfsame/package.json')));
}

/** This package's version. */
export function versionOf(): string {
  const { version } = JSON.parse(readFileSync(`${packageFolder()}package.json`, 'utf8')) as { version: string };
  return version;
}
