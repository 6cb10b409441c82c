import type { Stats } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../domain/identify.ts';
import { Observation } from '../domain/observation.ts';
import { parseJson } from '../domain/parse-json.ts';
import type { Recording } from '../domain/recording.ts';
import { AuditError } from '../error.ts';
import { CHECKSUMS, COLLECT_AGAIN, FOLDER, HEADER, Header, SCHEMA } from './header.ts';
import { checkRaw, isRawFile } from './raw.ts';

const UPGRADE = 'Upgrade selfsame, or judge it with the version that wrote it.';
const LONGEST_LINE = 16 * 1024 * 1024;

/** Reads a recording whole; every byte is checked against SHA256SUMS before it is believed. */
export async function readRecording(directory: string): Promise<Recording> {
  const sums = await readChecksums(directory);
  const header = parseHeader(directory, await readChecked(directory, HEADER, sums));
  await refuseUnlisted(directory, header, sums);
  const observations: Observation[] = [];
  for (const file of header.files) {
    const text = await readChecked(directory, file.path, sums, file.bytes);
    const lines = linesOf(file.path, text);
    if (lines.length !== file.lines)
      throw new AuditError('RECORDING_INVALID', `${file.path} has ${lines.length} of ${file.lines} lines`, { hint: COLLECT_AGAIN });
    // The same fact twice in one recording is one fact.
    for (const line of new Set(lines)) observations.push(parseLine(path.join(directory, file.path), file.kind, line, lines));
  }
  await checkRaw(directory, sums, observations);
  const digest = `sha256:${sha256([...sums].map(([name, sum]) => `${sum}  ${name}\n`).join(''))}`;
  const { takenAt, only, previous } = header;
  return { takenAt, digest, ...(only ? { only } : {}), ...(previous ? { previous } : {}), observations };
}

/** Reads several recordings, one after the other: each may fill the memory that the one before has left. */
export async function readRecordings(directories: readonly string[]): Promise<Recording[]> {
  const recordings: Recording[] = [];
  for (const directory of directories) recordings.push(await readRecording(directory));
  return recordings;
}

async function readChecksums(directory: string): Promise<ReadonlyMap<string, string>> {
  const header = await statusOf(path.join(directory, HEADER));
  if (!header?.isFile()) throw await notFound(directory);
  const listed = await lstat(path.join(directory, CHECKSUMS)).catch(() => undefined);
  if (!listed?.isFile()) throw new AuditError('RECORDING_TAMPERED', `"${directory}" has no ${CHECKSUMS}`, { hint: COLLECT_AGAIN });
  const text = await readFile(path.join(directory, CHECKSUMS), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  const sums = lines.map((line) => /^(?<sum>[0-9a-f]{64}) {2}(?<name>[\w./-]+)$/.exec(line)?.groups);
  return new Map(
    sums.map((groups, at) => {
      const { sum, name } = groups ?? {};
      if (!sum || !name) throw new AuditError('RECORDING_TAMPERED', `${CHECKSUMS}:${at + 1} is no checksum line`, { hint: COLLECT_AGAIN });
      return [name, sum];
    }),
  );
}

/** What is not there has no status; what may not be looked at is another trouble. */
async function statusOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function notFound(directory: string): Promise<AuditError> {
  const names = await readdir(directory).catch(() => []);
  const held = await Promise.all(names.map(async (name) => (await statusOf(path.join(directory, name, HEADER)))?.isFile()));
  return new AuditError('RECORDING_NOT_FOUND', `"${directory}" has no ${HEADER}`, {
    hint: held.includes(true)
      ? `It is a folder of recordings: name them, as the shell does with ${path.join(directory, '*')}.`
      : 'Name the folder that `selfsame collect --out` wrote, the one that holds recording.json.',
  });
}

async function readChecked(directory: string, name: string, sums: ReadonlyMap<string, string>, bytes?: number): Promise<string> {
  const file = path.join(directory, name);
  const isInside = path.relative(directory, file) === path.normalize(name) && !name.split('/').includes('..');
  const status = isInside ? await lstat(file).catch(() => undefined) : undefined;
  if (!status?.isFile()) throw new AuditError('RECORDING_TAMPERED', `${name} is missing or no plain file`, { hint: COLLECT_AGAIN });
  if (bytes !== undefined && status.size < bytes)
    throw new AuditError('RECORDING_INVALID', `${name} is truncated: ${status.size} of ${bytes} bytes`, { hint: COLLECT_AGAIN });
  const body = await readFile(file);
  if (sha256(body) !== sums.get(name))
    throw new AuditError('RECORDING_TAMPERED', `${name} is not what ${CHECKSUMS} says`, { hint: COLLECT_AGAIN });
  return body.toString('utf8');
}

function parseHeader(directory: string, text: string): Header {
  const json = parseJson(text);
  const { schema, files } = (typeof json === 'object' && json !== null ? json : {}) as { schema?: unknown; files?: unknown };
  if (typeof schema === 'string' && schema.startsWith('selfsame/recording/') && schema !== SCHEMA)
    throw new AuditError('RECORDING_NEWER', `"${directory}" is ${schema}, this version reads ${SCHEMA}`, { hint: UPGRADE });
  const parsed = Header.safeParse(json);
  if (parsed.success) return parsed.data;
  const isKind = parsed.error.issues.every(({ path: at }) => at.at(-1) === 'kind') && Array.isArray(files);
  if (isKind)
    throw new AuditError('RECORDING_NEWER', `"${directory}" has a kind of observation that this version does not know`, { hint: UPGRADE });
  const [issue] = parsed.error.issues;
  throw new AuditError('RECORDING_INVALID', `${HEADER}: ${issue?.path.join('.')} ${issue?.message}`, { hint: COLLECT_AGAIN });
}

async function refuseUnlisted(directory: string, { files }: Header, sums: ReadonlyMap<string, string>): Promise<void> {
  const folder = await lstat(path.join(directory, FOLDER)).catch(() => undefined);
  if (!folder?.isDirectory()) throw new AuditError('RECORDING_TAMPERED', `"${directory}" has no folder ${FOLDER}`, { hint: COLLECT_AGAIN });
  const found = await readdir(path.join(directory, FOLDER));
  const listed = new Set(files.map(({ path: name }) => name));
  if (listed.size < files.length) throw new AuditError('RECORDING_TAMPERED', `${HEADER} lists a file twice`, { hint: COLLECT_AGAIN });
  const extra = [...found.map((name) => `${FOLDER}/${name}`), ...sums.keys()].find(
    (name) => name !== HEADER && !listed.has(name) && !isRawFile(name),
  );
  if (extra) throw new AuditError('RECORDING_TAMPERED', `${extra} is not listed in ${HEADER}`, { hint: COLLECT_AGAIN });
}

function linesOf(file: string, text: string): string[] {
  if (text !== '' && !text.endsWith('\n'))
    throw new AuditError('RECORDING_INVALID', `${file} is truncated: its last line has no end`, { hint: COLLECT_AGAIN });
  return text.split('\n').slice(0, -1);
}

function parseLine(file: string, kind: Observation['kind'], line: string, lines: readonly string[]): Observation {
  const refuse = (why: string) =>
    new AuditError('RECORDING_INVALID', `${file}:${lines.indexOf(line) + 1}: ${why}`, { hint: COLLECT_AGAIN });
  if (line.length > LONGEST_LINE) throw refuse('the line is longer than 16 MiB');
  const json = parseJson(line);
  const parsed = Observation.safeParse(typeof json === 'object' && json !== null ? { ...json, kind } : json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(`${issue?.path.join('.')} ${issue?.message}`);
}
