import type { Run } from '../domain/observation.ts';
import { projectOf } from '../domain/project.ts';
import { unreadable } from '../error.ts';

/** What a certificate of Fulcio says of whom it was given to; the CI system said so to Fulcio, not the job. */
export type Claims = Readonly<{
  issuer: string | undefined;
  repository: string | undefined;
  commit: string | undefined;
  ref: string | undefined;
  workflow: string | undefined;
  run: Run | undefined;
  runner: string | undefined;
  trigger: string | undefined;
}>;

/** An extension: the numbers of its name, and its value. */
export type Extension = Readonly<{ oid?: Readonly<{ id: readonly number[] }> | undefined; value: Uint8Array }>;

// github.com/sigstore/fulcio, docs/oid-info.md, 2026: 1.3.6.1.4.1.57264.1.N. Those below 8 are bare text, the others UTF8String in DER.
const ARC = '1.3.6.1.4.1.57264.1.';
const FIRST_ENCODED = 8;
const UTF8_STRING = 0x0c;
const NUMBERS = { issuer: 8, runner: 11, repository: 12, commit: 13, ref: 14, config: 18, trigger: 20, run: 21 };
const BARE_ISSUER = 1;

/** Reads the claims; one that is made twice, or not as Fulcio makes it, refuses the certificate. */
export function claimsOf(extensions: readonly Extension[]): Claims {
  const told = new Map<number, string>();
  for (const { oid, value } of extensions) {
    const name = (oid?.id ?? []).join('.');
    const number = name.startsWith(ARC) ? Number(name.slice(ARC.length)) : Number.NaN;
    if (!Number.isInteger(number)) continue;
    if (told.has(number)) throw unreadable('untrusted', `its certificate makes the claim ${name} twice`);
    told.set(number, number < FIRST_ENCODED ? decode(value) : textOf(value, name));
  }
  const of = (claim: keyof typeof NUMBERS) => told.get(NUMBERS[claim]);
  const [issuer, bare] = [of('issuer'), told.get(BARE_ISSUER)];
  if (issuer !== undefined && bare !== undefined && issuer !== bare) throw unreadable('untrusted', 'its certificate names two issuers');
  const repository = of('repository');
  return {
    issuer: issuer ?? bare,
    repository: repository === undefined ? undefined : projectOf(repository),
    commit: of('commit'),
    ref: of('ref'),
    workflow: workflowOf(of('config'), repository),
    run: runOf(of('run'), repository),
    runner: of('runner'),
    trigger: of('trigger'),
  };
}

/** A UTF8String and nothing behind it, its length in at most three bytes. */
function textOf(value: Uint8Array, name: string): string {
  const [tag, short = 0] = value;
  const bytes = short < 0x80 ? 0 : short & 0x7f;
  const length = bytes === 0 ? short : [...value.subarray(2, 2 + bytes)].reduce((sum, byte) => sum * 256 + byte, 0);
  const start = 2 + bytes;
  if (tag !== UTF8_STRING || bytes > 2 || value.length !== start + length)
    throw unreadable('untrusted', `its certificate has a claim ${name} that is no text`);
  return decode(value.subarray(start));
}

function decode(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}

/** The file of the workflow that was started, within its repository. */
function workflowOf(config: string | undefined, repository: string | undefined): string | undefined {
  if (!config || !repository || !config.startsWith(`${repository}/`)) return undefined;
  return config.slice(repository.length + 1).split('@')[0];
}

/** GitHub's run, of the repository that the certificate names; what others call a run is none that anybody could look up. */
function runOf(url: string | undefined, repository: string | undefined): Run | undefined {
  if (!url || !repository || !url.startsWith(`${repository}/`)) return undefined;
  const [, id, attempt] = /^actions\/runs\/(\d+)\/attempts\/([1-9]\d*)$/.exec(url.slice(repository.length + 1)) ?? [];
  if (!id || !attempt) return undefined;
  return { platform: 'github-actions', repository: projectOf(repository), id, attempt: Number(attempt), url };
}
