import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../domain/identify.ts';
import { byText } from '../domain/order.ts';
import { filesBelow } from './files-below.ts';
import { write } from './output.ts';
import { packageFolder, versionOf } from './version.ts';

/** What is installed, and one digest over all files of it that run. */
export type Integrity = Readonly<{ name: 'selfsame'; version: string; node: string; files: number; integrity: string }>;

/** Prints what is installed, for machines. */
export async function tellIntegrity(): Promise<number> {
  await write(`${JSON.stringify(await integrityOf())}\n`);
  return 0;
}

/** The digest of what `sha256sum` prints of every file that runs, sorted by its path: whoever has the same files finds the same. */
export async function integrityOf(folder = packageFolder(), running = foldersThatRun()): Promise<Integrity> {
  const found = await Promise.all(running.map(async (top) => (await filesBelow(path.join(folder, top))).map((name) => `${top}/${name}`)));
  const names = ['package.json', ...found.flat()].toSorted(byText);
  const lines: string[] = [];
  for (const name of names) lines.push(`${sha256(await readFile(path.join(folder, name)))}  ${name}\n`);
  const integrity = `sha256:${sha256(lines.join(''))}`;
  return { name: 'selfsame', version: versionOf(), node: process.version, files: names.length, integrity };
}

/** Of an installed package the build runs, and of a clone its sources. */
function foldersThatRun(): readonly string[] {
  const [own = ''] = path.relative(packageFolder(), fileURLToPath(import.meta.url)).split(path.sep);
  return own === 'dist' ? ['bin', 'dist'] : ['bin', 'rules', 'src'];
}
