import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scenario } from 'selfsame/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { beforeNewest } from '../../src/cli/before.ts';
import { writeRecording } from '../../src/recording/write.ts';
import { selfsame } from '../fakes/command-line.ts';

const cwd = mkdtempSync(path.join(tmpdir(), 'selfsame-before-'));
const PATH = 'version: 1\npromotion: [staging, production]\ngates: [e2e]\n';

const nights = scenario()
  .at('09:00')
  .built('payments@A', { run: '41', commit: 'c0ffee' })
  .tested('payments@A', { gate: 'e2e' })
  .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
  .deployed('payments@B', 'production/payments-api')
  .recorded()
  .at('10:00')
  .recorded()
  .at('11:00')
  .pushed('payments@H')
  .deployed('payments@H', 'production/payments-worker');

const judge = (...argv: string[]) => selfsame(['judge', ...argv], { cwd });

beforeAll(async () => {
  writeFileSync(path.join(cwd, 'selfsame.yaml'), PATH);
  writeFileSync(path.join(cwd, 'strict.yaml'), `${PATH}failOn: low\n`);
  writeFileSync(path.join(cwd, 'waived.yaml'), `${PATH}teams: [{ name: team-payments, where: ["production/*"] }]\n`);
  writeFileSync(path.join(cwd, 'broken.json'), '{"schema": "selfsame/report/v1"');
  writeFileSync(path.join(cwd, 'other.json'), '{"schema": "selfsame/report/v2"}');
  for (const [at, { takenAt, observations }] of nights.recordings().entries())
    await writeRecording(path.join(cwd, `nights/${at + 1}`), { takenAt, observations, version: '0.1.0' });
  await judge('nights/1', '--report', 'json=one.json');
  await selfsame(['judge', 'nights/1', '--config', 'waived.yaml', '--owner', 'team-payments', '--report', 'json=part.json'], { cwd });
});

describe('--fail-on-new', () => {
  it.each([
    ['a report', ['nights/2', '--fail-on-new', 'one.json'], 0, '1 finding known from then'],
    ['a recording', ['nights/2', '--fail-on-new', 'nights/1'], 0, '1 finding known from then'],
    ['what is judged with it', ['nights/1', 'nights/2', '--fail-on-new'], 0, '1 finding known from then'],
    ['a report, and something is new', ['nights/3', '--fail-on-new', 'one.json'], 1, '1 new finding at or above medium'],
    ['a report of other teams', ['nights/2', '--fail-on-new', 'one.json', '--config', 'waived.yaml'], 0, '1 finding known from then'],
    ['nothing', ['nights/2'], 1, '1 finding at or above medium'],
  ])('compares with %s', async (_, argv, status, told) => {
    const run = await judge(...argv);

    expect([run.status, run.stderr]).toEqual([status, '']);
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain(told);
  });

  it.each([
    ['itself', ['nights/2', '--fail-on-new', 'nights/2'], 'Give one that is older'],
    ['a folder that holds it', ['nights/3', '--fail-on-new', 'nights'], 'Give one that is older'],
    [
      'what is newer',
      ['nights/1', '--fail-on-new', 'nights/2'],
      'is of 2026-03-02T10:00:00Z, and what is judged is of 2026-03-02T09:00:00Z',
    ],
    ['another plan', ['nights/2', '--fail-on-new', 'one.json', '--config', 'strict.yaml'], 'was judged by another plan'],
    ['a part', ['nights/2', '--fail-on-new', 'part.json'], 'shows what team-payments owns alone'],
    ['what is not there', ['nights/2', '--fail-on-new', 'zero.json'], '"zero.json" cannot be read: ENOENT'],
    ['what is no JSON', ['nights/2', '--fail-on-new', 'broken.json'], '"broken.json" is no report as --report json writes it'],
    ['what is no report of this kind', ['nights/2', '--fail-on-new', 'other.json'], 'is no report as --report json writes it (schema)'],
    ['one recording that is alone', ['nights/2', '--fail-on-new'], 'there is one recording, and none before it'],
  ])('is refused for %s', async (_, argv, told) => {
    const run = await judge(...argv);

    expect([run.status, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(told);
  });
});

describe('--fail-on-new of a scan', () => {
  const scan = (...argv: string[]) => selfsame(['scan', '--config', 'scan.yaml', ...argv], { cwd });

  beforeAll(() => {
    writeFileSync(path.join(cwd, 'scan.yaml'), `${PATH}sources: [{ use: records, files: [records.jsonl] }]\n`);
    writeFileSync(path.join(cwd, 'records.jsonl'), '');
  });

  it('compares with what was kept, and says where that is nothing', async () => {
    const [one, two] = [await scan('--keep', 'kept', '--fail-on-new'), await scan('--keep', 'kept', '--fail-on-new')];

    expect(one.stderr).toContain('nothing was kept in kept before: every finding is new');
    expect(one.stdout).not.toContain('compared with');
    expect(two.stdout.replaceAll(/\s+/g, ' ')).toContain('compared with 20');
    expect([one.status, two.status]).toEqual([3, 3]);
  });

  it('is refused before anything is asked, where it could not be told what is new', async () => {
    const [bare, other] = [await scan('--fail-on-new'), await scan('--fail-on-new', 'one.json', '--config', 'strict.yaml')];

    expect([bare.status, bare.stdout, other.status, other.stdout]).toEqual([2, '', 2, '']);
    expect(bare.stderr).toContain('--fail-on-new has nothing to compare with');
    expect(other.stderr).toContain('was judged by another plan');
  });
});

describe('recordings of several collections', () => {
  it('are refused: what one of them saw first tonight would pass for known', () => {
    const [one, two] = nights.recordings();
    const other = JSON.parse(JSON.stringify(two).replaceAll('"source":"scenario"', '"source":"elsewhere"'));

    expect(() => beforeNewest([one!, other])).toThrow('the newest recording was not to ask "scenario"');
    expect(beforeNewest([two!, one!])).toEqual([one]);
  });
});
