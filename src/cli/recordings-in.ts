import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** The folder itself where it is a recording, else every finished recording in it, as `scan --keep` lays them down. */
export async function recordingsIn(folder: string): Promise<readonly string[]> {
  if (existsSync(path.join(folder, 'recording.json'))) return [folder];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const nights = entries.filter((entry) => entry.isDirectory() && !entry.name.endsWith('.partial')).map(({ name }) => name);
  // What is no recording there is refused by whoever reads it: a night that is damaged must not be passed over.
  return nights.some((name) => existsSync(path.join(folder, name, 'recording.json')))
    ? nights.toSorted().map((name) => path.join(folder, name))
    : [folder];
}
