import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectOf } from '../../src/domain/project.ts';
import { inUtc, NeutralRecord, recordJsonSchema } from '../../src/domain/record.ts';

const DIGEST = `sha256:${'c0ffee'.repeat(10)}aaaa`;
const COMMIT = 'c0ffee'.repeat(6).concat('beef');
const shared = { schema: 'selfsame/record/v1', digest: DIGEST, at: '2026-03-02T09:00:00Z' };
const build = { ...shared, kind: 'build', image: 'ghcr.io/acme/payments:1.4' };
const test = { ...shared, kind: 'test', gate: 'e2e', result: 'passed' };

describe('a neutral record', () => {
  it.each([
    ['the least build', build],
    ['the least test', test],
    ['a promotion', { ...shared, kind: 'promote' }],
    ['a deployment', { ...shared, kind: 'deploy', environment: 'production' }],
    ['the least approval', { ...shared, kind: 'approve', environment: 'prod', by: 'grace' }],
    ['a time of another zone', { ...build, at: '2026-03-02T10:00:00+01:00' }],
    ['a fraction of a second', { ...build, at: '2026-03-02T09:00:00.250Z' }],
    ['a commit of either length', { ...build, commit: COMMIT.padEnd(64, '0') }],
    ['an image of a familiar name', { ...build, image: 'payments' }],
    ['a key that nobody knows', { ...test, weather: 'fair' }],
  ])('may be %s', (_, line) => {
    expect(NeutralRecord.safeParse(line).success).toBe(true);
  });

  it.each([
    ['has no digest', { ...build, digest: undefined }, 'digest'],
    ['has a digest in capitals', { ...build, digest: DIGEST.toUpperCase() }, 'digest'],
    ['has no time', { ...test, at: undefined }, 'at'],
    ['leaves its zone to guesses (C11)', { ...test, at: '2026-03-02T09:00:00' }, 'at'],
    ['is of a day that never was', { ...test, at: '2026-02-30T09:00:00Z' }, 'at'],
    ['is a build of no image', { ...build, image: undefined }, 'image'],
    ['is a build of what is no image', { ...build, image: 'ghcr.io/Acme/Payments' }, 'image'],
    ['writes a digest into its image', { ...build, image: `ghcr.io/acme/payments@${DIGEST}` }, 'image'],
    ['is a test of no gate', { ...test, gate: undefined }, 'gate'],
    ['is a test without a result', { ...test, result: undefined }, 'result'],
    ['was skipped, which is no result', { ...test, result: 'skipped' }, 'result'],
    ['is an approval by nobody', { ...shared, kind: 'approve', environment: 'prod' }, 'by'],
    [
      'is an approval of what is still to be decided',
      { ...shared, kind: 'approve', environment: 'prod', by: 'grace', state: 'pending' },
      'state',
    ],
    ['shortens its commit (C15)', { ...build, commit: COMMIT.slice(0, 8) }, 'commit'],
    ['writes its commit in capitals (C15)', { ...build, commit: COMMIT.toUpperCase() }, 'commit'],
    ['writes its run as a number (C15)', { ...build, run: { platform: 'jenkins', id: 1234e3 } }, 'run.id'],
    ['has a run that leads to a script', { ...build, run: { platform: 'jenkins', id: '41', url: 'javascript:alert(1)' } }, 'run.url'],
    ['has a member that is no digest', { ...build, platforms: { 'linux/amd64': 'latest' } }, 'platforms.linux/amd64'],
  ])('is refused where it %s', (_, line, place) => {
    const { error } = NeutralRecord.safeParse(line);

    expect(error?.issues[0]?.path.join('.')).toBe(place);
  });

  it('is published as a JSON Schema', () => {
    const file = new URL('../../schemas/record.schema.json', import.meta.url);
    const made = `${JSON.stringify(recordJsonSchema(), null, 2)}\n`;

    if (process.env.UPDATE_DOCS) writeFileSync(file, made);

    expect(readFileSync(file, 'utf8')).toBe(made);
  });
});

describe('an instant', () => {
  it.each([
    ['2026-03-02T09:00:00Z', '2026-03-02T09:00:00Z'],
    ['2026-03-02T09:00:00.999Z', '2026-03-02T09:00:00Z'],
    ['2026-03-02T00:30:00+02:00', '2026-03-01T22:30:00Z'],
  ])('%s is %s', (written, utc) => {
    expect(inUtc(written)).toBe(utc);
  });
});

describe('a repository', () => {
  it.each([
    'acme/payments',
    'https://github.com/acme/payments',
    'https://github.com/acme/payments.git',
    'https://bot:hunter2@github.com/acme/payments/',
    'git@github.com:acme/payments.git',
    'ssh://git@github.com/acme/payments.git/',
    'git+https://github.com/acme/payments',
  ])('is one however it is written: %s', (written) => {
    expect(projectOf(written)).toBe('acme/payments');
  });
});
