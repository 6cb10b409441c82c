import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/domain/identify.ts';
import { type Run, selfsame } from '../../fakes/command-line.ts';

const ESTATE = new URL('../../../fixtures/estates/rebuilt-on-newer-base/', import.meta.url);
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const pem = (key: KeyObject, type: 'spki' | 'pkcs8') => key.export({ type, format: 'pem' }).toString();

const CUSTOM = `custom:
  - id: declared-by-digest
    title: What runs is declared by its digest
    severity: low
    drift: pinned && environment == "production"
    message: "{where} runs {digest}."
    fix: Do nothing.
`;
const CODED = `export default {
  id: 'it-runs',
  title: 'It runs',
  severity: 'low',
  since: '1',
  judges: 'deployed',
  messages: { runs: '{where} runs.' },
  skips: {},
  fix: 'Stop it.',
  needs: () => ({}),
  check: (_, { where }, say) => say.drift('runs', { where }),
};
`;

let made = '';
let cwd = '';

let told: readonly Run[] = [];

// A pack is only looked at, or copied and damaged: two are enough for all.
beforeAll(async () => {
  made = estate();
  told = [await exportedIn(made, 'signed', '--sign-with', 'SEAL_KEY'), await exportedIn(made, 'unsigned')];
});

beforeEach(() => {
  cwd = estate();
});

function estate(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-pack-'));
  cpSync(new URL('recording', ESTATE), path.join(folder, 'nights', 'monday'), { recursive: true });
  cpSync(new URL('selfsame.yaml', ESTATE), path.join(folder, 'selfsame.yaml'));
  writeFileSync(path.join(folder, 'seal.pub'), pem(publicKey, 'spki'));
  return folder;
}

const exportedIn = (folder: string, out: string, ...argv: string[]): Promise<Run> =>
  selfsame(['evidence', 'export', 'nights', '--out', out, ...argv], { cwd: folder, env: { SEAL_KEY: pem(privateKey, 'pkcs8') } });
const take = (which: 'signed' | 'unsigned') => cpSync(path.join(made, which), path.join(cwd, 'audit'), { recursive: true });
const verified = (...argv: string[]): Promise<Run> => selfsame(['evidence', 'verify', 'audit', ...argv], { cwd });
const at = (name: string) => path.join(cwd, 'audit', name);
const toldBy = ({ status, stdout }: Run) => [status, stdout.replaceAll(/\s+/g, ' ')];

/** Writes SHA256SUMS anew, as somebody would who changes a pack and hopes that nobody looks further. */
function sealAnew(): void {
  const names = readFileSync(at('SHA256SUMS'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.slice(66));
  writeFileSync(at('SHA256SUMS'), names.map((name) => `${sha256(readFileSync(at(name)))}  ${name}\n`).join(''));
}

describe('a pack', () => {
  it('is written whatever the audit concludes, and who signed it is said', () => {
    expect(told.map(toldBy)).toEqual([
      [0, 'signed: a recording and the reports of it, sealed and signed. '],
      [0, 'unsigned: a recording and the reports of it, sealed, signed by nobody. '],
    ]);
  });

  it('is sealed and whole, and its seal is one that openssl verifies', () => {
    take('signed');

    const sums = readFileSync(at('SHA256SUMS'));
    const lines = sums.toString('utf8').trim().split('\n');
    expect(readdirSync(path.join(cwd, 'audit')).toSorted()).toEqual([
      'SHA256SUMS',
      'SHA256SUMS.sig',
      'VERIFY.md',
      'changes.csv',
      'nights.csv',
      'pack.json',
      'population.csv',
      'recordings',
      'report.html',
      'report.json',
    ]);
    expect(lines).toEqual(lines.map((line) => `${sha256(readFileSync(at(line.slice(66))))}  ${line.slice(66)}`));
    expect(verify(null, sums, publicKey, readFileSync(at('SHA256SUMS.sig')))).toBe(true);
    expect(existsSync(path.join(made, 'signed.partial'))).toBe(false);
  });

  it('is the same, byte for byte, whenever it is exported, and holds no word of a key', () => {
    const [, secret = ''] = pem(privateKey, 'pkcs8').split('\n');
    const [signed, unsigned] = ['signed', 'unsigned'].map((name) => readFileSync(path.join(made, name, 'SHA256SUMS'), 'utf8'));

    expect(signed).toBe(unsigned);
    for (const name of ['pack.json', 'report.json', 'report.html', 'VERIFY.md'])
      expect(readFileSync(path.join(made, 'signed', name), 'utf8')).not.toContain(secret);
  });

  it('is verified where it is what was sealed, by whom it is said to be, and its reports follow', async () => {
    take('signed');
    rmSync(path.join(cwd, 'selfsame.yaml'));

    expect(toldBy(await verified('--sealed-by', 'seal.pub'))).toEqual([
      0,
      expect.stringContaining('verified: audit its reports follow from its recording, byte for byte; signed with seal.pub'),
    ]);
  });

  it.each([
    ['signed', 'its seal is signed, so name the public key of whoever sealed it with --sealed-by'],
    ['unsigned', 'nobody has signed its seal, so have it exported with --sign-with'],
  ] as const)('is whole and not verified where it is %s and nobody is named, and what to do is said', async (which, says) => {
    take(which);

    const [status, stdout] = toldBy(await verified());

    expect([status, stdout]).toEqual([3, expect.stringMatching(/^whole: audit .*0 verified, 0 refused, 1 whole but of nobody/)]);
    expect(stdout).toContain(says);
  });

  it('is not taken for verified by whom nothing asks: what names him is refused', async () => {
    take('signed');

    const { status, stdout, stderr } = await verified('--key', 'nowhere.pub', '--for', 'provenance', '--sealed-by', 'seal.pub');

    expect([status, stdout, stderr]).toEqual([
      2,
      '',
      expect.stringContaining('--key, --for: nothing that was looked at is an attestation'),
    ]);
    expect(stderr).toContain('checked by --sealed-by');
  });

  it.each<[string, () => void, string]>([
    ['a report was changed', () => writeFileSync(at('report.html'), '<p>All is well.</p>'), 'report.html is not what was sealed'],
    ['a file was added', () => writeFileSync(at('more.csv'), ''), 'more.csv is not listed'],
    ['a file is missing', () => rmSync(at('population.csv')), 'population.csv is not what was sealed'],
    ['its recording was exchanged', () => renameSync(at('recordings'), at('nights')), 'is not listed'],
    ['it has no seal any more', () => rmSync(at('SHA256SUMS')), 'cannot be read (ENOENT)'],
  ])('is refused where %s', async (_, damage, says) => {
    take('unsigned');
    damage();

    expect(toldBy(await verified())).toEqual([1, expect.stringContaining(says)]);
  });

  it.each([
    'report.json',
    'population.csv',
    'report.html',
  ])('is refused where %s was written by somebody, and it was sealed anew', async (name) => {
    take('unsigned');
    writeFileSync(at(name), readFileSync(at(name), 'utf8').replaceAll('rebuilt', 'selfsame').replaceAll('"1"', '"0"'));
    sealAnew();

    expect(toldBy(await verified())).toEqual([1, expect.stringContaining('does not follow from its recordings and its plan')]);
  });

  it('is refused where it was sealed anew, by anybody but the one who is named', async () => {
    take('signed');
    writeFileSync(at('report.html'), '<p>All is well.</p>');
    sealAnew();

    expect(toldBy(await verified('--sealed-by', 'seal.pub'))).toEqual([1, expect.stringContaining('sealed anew, or by somebody else')]);
  });

  it('is refused where somebody is named, and nobody signed', async () => {
    take('unsigned');

    expect(toldBy(await verified('--sealed-by', 'seal.pub'))).toEqual([1, expect.stringContaining('Nobody has signed its seal')]);
  });

  it('is refused where another version judged it, which is said', async () => {
    take('unsigned');
    writeFileSync(at('pack.json'), readFileSync(at('pack.json'), 'utf8').replace(/"version":"[^"]*"\}/, '"version":"0.0.0"}'));
    sealAnew();

    expect(toldBy(await verified())).toEqual([1, expect.stringContaining('verify it with version 0.0.0')]);
  });

  it('is not looked at where what is named as the key is none', async () => {
    take('signed');

    const { status, stderr } = await verified('--sealed-by', 'selfsame.yaml');

    expect([status, stderr]).toEqual([2, expect.stringContaining('it holds no public key')]);
  });

  it('is not looked at where the file of the key is not there, which is another mistake', async () => {
    take('signed');

    const { status, stderr } = await verified('--sealed-by', 'nowhere.pub');

    expect([status, stderr]).toEqual([2, expect.stringContaining('--sealed-by nowhere.pub: it cannot be read (ENOENT)')]);
  });

  /** Two nights in the place of one, and when the second was taken. */
  function twoNights(): string {
    const nights = new URL('../../../fixtures/estates/second-night-with-history/', import.meta.url);
    rmSync(path.join(cwd, 'nights'), { recursive: true });
    for (const night of ['night-1', 'night-2']) cpSync(new URL(night, nights), path.join(cwd, 'nights', night), { recursive: true });
    const [, takenAt = ''] = /"to":\s*"([^"]+)"/.exec(readFileSync(path.join(cwd, 'nights', 'night-2', 'recording.json'), 'utf8')) ?? [];
    return takenAt;
  }

  it('of a period that begins after the first night has that as history, and no change of it', async () => {
    const { status } = await exportedIn(cwd, 'audit', '--from', twoNights());

    const rows = readFileSync(at('nights.csv'), 'utf8').trim().split('\r\n');
    expect([status, rows.length, readdirSync(at('recordings')).length]).toEqual([0, 2, 2]);
    expect(readFileSync(at('changes.csv'), 'utf8')).not.toContain('at the beginning');
    expect(toldBy(await verified())).toEqual([3, expect.stringContaining('its reports follow from its 2 recordings')]);
  });

  it('of a period that ends before the second night does not hold that', async () => {
    const { status } = await exportedIn(cwd, 'audit', '--to', twoNights());

    expect([status, readdirSync(at('recordings')).length]).toEqual([0, 1]);
  });

  it.each([
    [['--to', '2001-01-01'], 'no recording was taken in the period'],
    [['--from', '2100-01-01'], 'no recording was taken in the period'],
    [['--from', 'monday'], '--from "monday" is no time'],
  ])('is not written of a period given as %j', async (argv, says) => {
    const { status, stderr } = await exportedIn(cwd, 'audit', ...argv);

    expect([status, stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  it('holds the recording itself where a link to it was named', async () => {
    symlinkSync(path.join(cwd, 'nights', 'monday'), path.join(cwd, 'latest'));

    const { status } = await selfsame(['evidence', 'export', 'latest', '--out', 'audit'], { cwd });

    const [recording = ''] = readdirSync(at('recordings'));
    expect([status, lstatSync(at(`recordings/${recording}`)).isDirectory()]).toEqual([0, true]);
    expect(readFileSync(at('SHA256SUMS'), 'utf8')).toBe(readFileSync(path.join(made, 'unsigned', 'SHA256SUMS'), 'utf8'));
  });

  it.each<[string, string, number]>([
    ['without code is judged again by it, which its plan holds', CUSTOM, 3],
    ['in code is not judged again without that code, which no pack carries', 'rulesFrom: [./rules]\n', 2],
  ])('that was judged by a rule of its own %s', async (_, more, status) => {
    mkdirSync(path.join(cwd, 'rules'));
    writeFileSync(path.join(cwd, 'rules', 'it-runs.js'), CODED);
    appendFileSync(path.join(cwd, 'selfsame.yaml'), more);
    await exportedIn(cwd, 'audit');
    const withConfiguration = await verified();
    rmSync(path.join(cwd, 'selfsame.yaml'));

    expect([withConfiguration.status, (await verified()).status]).toEqual([3, status]);
  });

  it.each([
    ['is there already', ['--out', 'nights'], 'is there already'],
    ['is to be signed, and nothing holds a key', ['--sign-with', 'NO_KEY'], 'the variable is not set'],
    ['is to be signed by what is no key', ['--sign-with', 'HOME'], 'holds no private key'],
  ])('is not written where it %s', async (_, argv, says) => {
    const { status, stderr } = await exportedIn(cwd, 'audit', ...argv);

    expect([status, stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(existsSync(path.join(cwd, 'audit'))).toBe(false);
  });
});
