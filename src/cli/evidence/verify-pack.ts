import { createHash, verify } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type PublicKey, publicKeyOf } from '../../attestation/signature.ts';
import { judgeSince, type Law } from '../../audit.ts';
import { sha256 } from '../../domain/identify.ts';
import type { Recording } from '../../domain/recording.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { AuditError, unreadable } from '../../error.ts';
import { readRecording } from '../../recording/read.ts';
import { loadMember } from '../../registry.ts';
import { filesBelow } from '../files-below.ts';
import { versionOf } from '../version.ts';
import type { Checked } from './checked.ts';
import { PACK, PackHead, REPORTS } from './pack.ts';
import { digestsOfPeriod, type Period } from './period-files.ts';
import { type Judging, rulesOf } from './rules-of.ts';
import { refusal } from './verify-document.ts';

/** What a pack was found to be, and where its recordings lie, whose own evidence is verified by itself. */
export type VerifiedPack = Readonly<{ checked: Checked; recordings: readonly string[] }>;

/** By whom a seal may be signed, and what to judge with where code judged that no pack carries. */
export type Holding = Judging & Readonly<{ sealedBy: readonly string[] }>;

const CHANGED = 'It was changed since it was sealed: take the copy that was sealed, and find out who changed it.';

/** Verifies that a pack is what was sealed, by whom, and that its reports follow from its recordings and its plan, byte for byte. */
export async function verifyPack(directory: string, holding: Holding): Promise<VerifiedPack> {
  try {
    const sums = await readFile(path.join(directory, PACK.sums));
    await refuseChanged(directory, sums.toString('utf8'));
    const signer = await signerOf(directory, sums, holding.sealedBy);
    const head = await headOf(directory);
    const recordings = await recordingsOf(directory, head);
    await refuseOtherReport(directory, { head, recordings }, holding);
    const follow = `its reports follow from ${recordings.length === 1 ? 'its recording' : `its ${recordings.length} recordings`}, byte for byte`;
    return {
      checked: {
        place: directory,
        ...(signer
          ? { verdict: 'verified', notes: `${follow}; signed with ${signer}` }
          : { verdict: 'whole', notes: `${follow}; whoever can write files can make such a pack: ${nextStep(directory)}` }),
      },
      recordings: head.recordings.map((one) => path.join(directory, one.path)),
    };
  } catch (error) {
    if (error instanceof AuditError && isOurs(error)) throw error;
    if (error instanceof AuditError) return { checked: { place: directory, ...refusal(error) }, recordings: [] };
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    return { checked: { place: directory, ...refusal(changed(`a file of it cannot be read (${code})`)) }, recordings: [] };
  }
}

function nextStep(directory: string): string {
  return existsSync(path.join(directory, PACK.signature))
    ? 'its seal is signed, so name the public key of whoever sealed it with --sealed-by'
    : 'nobody has signed its seal, so have it exported with --sign-with, and name his public key with --sealed-by';
}

/** What is wrong with the command or the configuration says nothing of the pack. */
function isOurs({ code, exitCode }: AuditError): boolean {
  return exitCode === 2 && code !== 'RECORDING_NOT_FOUND';
}

async function refuseChanged(directory: string, sums: string): Promise<void> {
  const listed = new Map(
    sums.split('\n').flatMap((line) => {
      const [, sum, name] = /^([0-9a-f]{64}) {2}([\w./-]+)$/.exec(line) ?? [];
      if (line !== '' && (!sum || !name)) throw changed(`${PACK.sums} has a line that is no checksum`);
      return sum && name ? [[name, sum] as const] : [];
    }),
  );
  const found = (await filesBelow(directory)).filter((name) => name !== PACK.sums && name !== PACK.signature);
  const unlisted = found.find((name) => !listed.has(name));
  if (unlisted !== undefined) throw changed(`${unlisted} is not listed in ${PACK.sums}`);
  for (const [name, sum] of listed) {
    const file = path.join(directory, name);
    const isFile = found.includes(name) && (await lstat(file)).isFile();
    if (!isFile || sha256(await readFile(file)) !== sum) throw changed(`${name} is not what was sealed`);
  }
}

/** The file of the key that signed the seal; undefined where nobody named one to look for. */
async function signerOf(directory: string, sums: Uint8Array, keys: readonly string[]): Promise<string | undefined> {
  if (keys.length === 0) return undefined;
  const signature = await readFile(path.join(directory, PACK.signature)).catch(() => undefined);
  if (!signature)
    throw unreadable('untrusted', 'nobody has signed its seal', { hint: 'Nobody has signed its seal: have it exported with --sign-with.' });
  for (const file of keys) if (isSignedBy(await keyIn(file), sums, signature)) return file;
  throw unreadable('untrusted', 'no key that was named signed its seal', {
    hint: 'No key that was named signed its seal: it was sealed anew, or by somebody else. Ask who sealed it for his public key.',
  });
}

async function keyIn(file: string): Promise<PublicKey> {
  const pem = await readFile(file, 'utf8').catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'not as text';
    throw new AuditError('USAGE', `--sealed-by ${file}: it cannot be read (${code})`, {
      hint: 'Check the path, and that this user may read it.',
      cause,
    });
  });
  const key = publicKeyOf(pem);
  if (key) return key;
  throw new AuditError('USAGE', `--sealed-by ${file}: it holds no public key`, {
    hint: 'Name a file with a public key in PEM: openssl pkey -in seal.pem -pubout',
  });
}

function isSignedBy(key: PublicKey, sums: Uint8Array, signature: Uint8Array): boolean {
  return verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', sums, key, signature);
}

async function headOf(directory: string): Promise<PackHead> {
  const parsed = PackHead.safeParse(parseStrictJson(await readFile(path.join(directory, PACK.head))));
  const issue = parsed.error?.issues[0];
  if (parsed.success) return parsed.data;
  throw unreadable('unsupported', `${PACK.head}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, {
    hint: 'It is of another version of packs than this program knows: verify it with the version that wrote it.',
  });
}

async function recordingsOf(directory: string, { recordings: listed }: PackHead): Promise<readonly Recording[]> {
  const recordings: Recording[] = [];
  for (const { path: name, digest } of listed) {
    const recording = await readRecording(path.join(directory, name));
    if (recording.digest !== digest) throw changed(`${name} is another recording than ${PACK.head} names`);
    recordings.push(recording);
  }
  return recordings;
}

type Judged = Readonly<{ head: PackHead; recordings: readonly Recording[] }>;

async function refuseOtherReport(directory: string, { head, recordings }: Judged, judging: Judging): Promise<void> {
  const version = versionOf();
  if (head.tool.version !== version)
    throw unreadable('unsupported', `it was judged by version ${head.tool.version}, and this is ${version}`, {
      hint: `Another version may judge otherwise: verify it with version ${head.tool.version}.`,
    });
  const law = { plan: head.plan, ...(await rulesOf(head, judging)), version };
  for (const [name, digest] of Object.entries(await digestsOfReports({ recordings, from: head.from }, law)))
    if (digest !== sha256(await readFile(path.join(directory, name))))
      throw unreadable('untrusted', `${name} does not follow from its recordings and its plan`, {
        hint: `${name} does not follow from its recordings and its plan: it was written by something else, or changed before it was sealed.`,
      });
}

async function digestsOfReports(period: Period, law: Law): Promise<Readonly<Record<string, string>>> {
  const report = judgeSince(period.recordings, law, undefined);
  const digests: Record<string, string> = {};
  for (const [id, name] of Object.entries(REPORTS)) {
    const reporter = await loadMember('reporters', id);
    const again = createHash('sha256');
    for (const piece of reporter.render(report, { width: 100, color: false })) again.update(piece);
    digests[name] = again.digest('hex');
  }
  return { ...digests, ...(await digestsOfPeriod(period, law)) };
}

function changed(detail: string): AuditError {
  return unreadable('untrusted', detail, { hint: `${detail}. ${CHANGED}` });
}
