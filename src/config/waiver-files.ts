import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { matches } from '../domain/glob.ts';
import { byText } from '../domain/order.ts';
import type { Waiver } from '../domain/plan.ts';
import { AuditError } from '../error.ts';
import { readYaml } from './read-yaml.ts';
import { refuseWaiver } from './refuse-waiver.ts';
import { WrittenWaiver } from './schema.ts';
import { tellMistake } from './tell-mistake.ts';

const LARGEST_BYTES = 1024 * 1024;
const MOST_FILES = 200;

/** What one file of waivers holds: the key that `selfsame baseline` begins with, and no other. */
const WaiverFile = z.strictObject({ waivers: z.array(WrittenWaiver) });

/** The waivers of every file that the patterns name beside the configuration; a mistake is named with its file and line. */
export async function waiversFrom(config: string, patterns: readonly string[], ruleIds: readonly string[]): Promise<readonly Waiver[]> {
  const files = new Set<string>();
  for (const pattern of patterns) for (const file of await filesOf(config, pattern)) files.add(file);
  if (files.size > MOST_FILES)
    throw invalid(`${config}: waiversFrom: ${files.size} files are more than ${MOST_FILES}`, 'Keep a file for each team.');
  const read: Waiver[] = [];
  for (const file of [...files].toSorted(byText)) read.push(...(await waiversIn(file, ruleIds)));
  return read;
}

/** Walks down from the folder of the configuration, and follows no link: what counts is what was reviewed beside it. */
async function filesOf(config: string, pattern: string): Promise<readonly string[]> {
  const segments = pattern.split('/');
  if (path.isAbsolute(pattern) || segments.some((segment) => ['', '.', '..'].includes(segment) || segment.includes('\\')))
    throw invalid(
      `${config}: waiversFrom: "${pattern}" leaves the folder of the configuration`,
      'Name files below it, such as waivers/*.yaml.',
    );
  let found = [path.dirname(config)];
  for (const [at, segment] of segments.entries()) {
    const inside = await Promise.all(found.map((folder) => entriesOf(config, folder, segment)));
    const isLast = at === segments.length - 1;
    found = inside.flat().flatMap(({ place, isFile }) => (isFile === isLast ? [place] : []));
  }
  if (found.length === 0 && !pattern.includes('*'))
    throw invalid(`${config}: waiversFrom: there is no file "${pattern}"`, 'It is looked for beside the configuration.');
  return found;
}

async function entriesOf(config: string, folder: string, segment: string): Promise<{ place: string; isFile: boolean }[]> {
  const names = segment.includes('*') ? await namesIn(folder, segment) : [segment];
  const entries: { place: string; isFile: boolean }[] = [];
  for (const name of names) {
    const place = path.join(folder, name);
    const status = await lstat(place).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
      throw invalid(`${place} cannot be read: ${cause.code}`, 'Let whoever audits read it.', cause);
    });
    if (status?.isSymbolicLink())
      throw invalid(`${config}: waiversFrom: ${place} is a link`, 'Put the file itself there: waivers are not followed to elsewhere.');
    if (status?.isFile() || status?.isDirectory()) entries.push({ place, isFile: status.isFile() });
  }
  return entries;
}

async function namesIn(folder: string, glob: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw invalid(`${folder} cannot be listed: ${cause.code}`, 'Let whoever audits read it.', cause);
  });
  return names.filter((name) => (!name.startsWith('.') || glob.startsWith('.')) && matches(glob, name));
}

async function waiversIn(file: string, ruleIds: readonly string[]): Promise<readonly Waiver[]> {
  const { written, lineOf } = readYaml(file, await readText(file));
  // What `selfsame baseline` writes where nothing is open is a comment.
  const checked = WaiverFile.safeParse(written ?? { waivers: [] });
  if (!checked.success) {
    const { where, says, hint } = tellMistake(checked.error.issues, written, WaiverFile);
    const place = where.length > 0 ? `${where.join('.')}: ` : '';
    throw invalid(`${file}:${lineOf(where)}: ${place}${says}`, hint || 'It holds one key, as `selfsame baseline` writes it: `waivers:`.');
  }
  const { waivers } = checked.data;
  for (const [at, waiver] of waivers.entries()) refuseWaiver(`${file}:${lineOf(['waivers', at])}`, waiver, ruleIds);
  return waivers;
}

async function readText(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (cause: NodeJS.ErrnoException) => {
      throw invalid(`${file} cannot be read: ${cause.code}`, 'Let whoever audits read it.', cause);
    },
  );
  try {
    if ((await handle.stat()).size > LARGEST_BYTES) throw invalid(`${file} is larger than 1 MiB`, 'Keep a file for each team.');
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function invalid(message: string, hint: string, cause?: unknown): AuditError {
  return new AuditError('CONFIG_INVALID', message, { hint, ...(cause ? { cause } : {}) });
}
