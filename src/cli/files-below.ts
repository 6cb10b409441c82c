import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { byText } from '../domain/order.ts';

/** Every file below a folder, by its path from there, in one order everywhere; what is neither file nor folder is listed too, to be refused. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)));
  return files.map((name) => name.split(path.sep).join('/')).toSorted(byText);
}
