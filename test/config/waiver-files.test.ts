import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { judgeRecorded, type Plan } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { loadAll } from '../../src/registry.ts';
import { incidents } from '../reporters/estates.ts';

const root = mkdtempSync(path.join(tmpdir(), 'selfsame-waivers-'));
const RULES = [{ id: 'rebuilt-after-test' }, { id: 'untested-digest' }];
const PATH = 'version: 1\npromotion: [staging, production]\n';

const waiver = (owner: string, more = '') =>
  `  - rule: rebuilt-after-test\n    where: production/payments-api\n    because: agreed\n    owner: ${owner}\n    until: 2026-12-31\n${more}`;
const PAYMENTS = `waivers:\n${waiver('team-payments')}`;
const LEDGER = `# of the ledger\nwaivers:\n${waiver('team-ledger')}`;

type Tree = Readonly<Record<string, string>>;

/** The configuration of a folder in which these files lie. */
function laid(tree: Tree, from = 'waivers/*.yaml', own = ''): string {
  const folder = mkdtempSync(path.join(root, 'at-'));
  for (const [name, text] of Object.entries({ 'selfsame.yaml': `${PATH}waiversFrom: ["${from}"]\n${own}`, ...tree })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return path.join(folder, 'selfsame.yaml');
}

async function planOf(tree: Tree, from?: string, own?: string): Promise<Plan> {
  return (await loadConfig(laid(tree, from, own), RULES)).plan;
}

const ownersOf = ({ waivers }: Plan) => waivers.map(({ owner }) => owner);

async function refusalOf(file: string): Promise<string> {
  const refused: unknown = await loadConfig(file, RULES).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 });
  const { message, hint } = refused as { message: string; hint: string };
  return `${message.replaceAll(path.dirname(file), 'AT')}\n${hint}`;
}

describe('waivers from files', () => {
  it('stand beside those of the configuration', async () => {
    const tree = { 'waivers/payments.yaml': PAYMENTS, 'waivers/ledger.yaml': LEDGER };

    expect(ownersOf(await planOf(tree, undefined, `waivers:\n${waiver('platform')}`))).toEqual([
      'platform',
      'team-ledger',
      'team-payments',
    ]);
  });

  it('are those that the pattern names, and no hidden ones', async () => {
    const tree = { 'waivers/payments.yaml': PAYMENTS, 'waivers/.draft.yaml': LEDGER, 'waivers/notes.txt': 'x', 'waivers/old.yaml/x': 'x' };

    expect(ownersOf(await planOf(tree))).toEqual(['team-payments']);
    expect(ownersOf(await planOf({ 'teams/ledger/waivers.yaml': LEDGER }, 'teams/*/waivers.yaml'))).toEqual(['team-ledger']);
    expect(ownersOf(await planOf({ 'ledger.yaml': LEDGER }, 'ledger.yaml'))).toEqual(['team-ledger']);
  });

  it('may speak of files of repositories', async () => {
    const place = 'file:github.com/acme/payments/.github/workflows/*';

    const { waivers } = await planOf({ 'waivers/ci.yaml': PAYMENTS.replace('production/payments-api', place) });

    expect(waivers.map(({ where }) => where)).toEqual([place]);
  });

  it('may be none, where a pattern leaves that open', async () => {
    expect(ownersOf(await planOf({}))).toEqual([]);
    expect(ownersOf(await planOf({ 'waivers/payments.yaml': '# Nothing is open: there is nothing to waive.\n' }))).toEqual([]);
    expect(await refusalOf(laid({}, 'waivers/payments.yaml'))).toContain('there is no file "waivers/payments.yaml"');
  });

  it('do the same whatever the files are called', async () => {
    const rules = await loadAll('rules');
    const judge = (plan: Plan) =>
      judgeRecorded(incidents.drift.recordings(), { ...incidents.drift.plan(), waivers: plan.waivers }, rules, '0.1.0');

    const [one, other] = [
      await planOf({ 'waivers/a.yaml': PAYMENTS, 'waivers/b.yaml': LEDGER }),
      await planOf({ 'waivers/a.yaml': LEDGER, 'waivers/b.yaml': PAYMENTS }),
    ];

    expect(ownersOf(one)).toEqual(ownersOf(other).toReversed());
    expect(judge(one)).toEqual(judge(other));
  });

  it.each([
    [
      'a rule that is none',
      PAYMENTS.replace('-test', '-tests'),
      'AT/waivers/a.yaml:2: there is no rule "rebuilt-after-tests"\nDid you mean',
    ],
    [
      'a place that is none',
      `${PAYMENTS}${waiver('x').replace('production/', '')}`,
      'AT/waivers/a.yaml:7: "payments-api" is no place\nWrite',
    ],
    ['a place in a file that is none', `${PAYMENTS}${waiver('x').replace('production/', '')}`, 'file:owner/repository/path, with #job'],
    ['a day that is none', PAYMENTS.replace('2026-12-31', 'soon'), 'AT/waivers/a.yaml:6: waivers.0.until: is "soon"'],
    [
      'a key that is nearly one',
      PAYMENTS.replace('owner:', 'ownr:'),
      'AT/waivers/a.yaml:2: waivers.0: there is no key "ownr"\nDid you mean "owner"?',
    ],
    ['a waiver of nothing', PAYMENTS.replace('rule: rebuilt-after-test\n    ', ''), 'AT/waivers/a.yaml:2: waivers.0: names one of'],
    ['a key of the configuration', `failOn: info\n${PAYMENTS}`, 'AT/waivers/a.yaml:1: there is no key "failOn"'],
    ['a key without its value', 'waivers:\n', 'AT/waivers/a.yaml:1: waivers: is empty'],
    ['a list alone', waiver('x'), 'AT/waivers/a.yaml:1: is a list, and must be keys with their values'],
    ['YAML that is none', 'waivers: [', 'AT/waivers/a.yaml, line 1, column 11'],
    ['more than a page', `waivers: []\n${'# \n'.repeat(400_000)}`, 'AT/waivers/a.yaml is larger than 1 MiB'],
  ])('are refused for %s, with file and line', async (_, text, told) => {
    expect(await refusalOf(laid({ 'waivers/a.yaml': text }))).toContain(told);
  });

  it.each([
    '../waivers.yaml',
    '/etc/waivers.yaml',
    'waivers/../../x.yaml',
    'waivers\\\\..\\\\x.yaml',
    './x.yaml',
  ])('never come from elsewhere: %s', async (from) => {
    expect(await refusalOf(laid({ 'waivers/payments.yaml': PAYMENTS }, from))).toContain('leaves the folder of the configuration');
  });

  it('never come through a link, of a file or of a folder', async () => {
    const elsewhere = path.dirname(laid({ 'waivers/payments.yaml': PAYMENTS }));
    const [file, folder] = [laid({ 'waivers/ledger.yaml': LEDGER }), laid({})];
    symlinkSync(path.join(elsewhere, 'waivers/payments.yaml'), path.join(path.dirname(file), 'waivers/payments.yaml'));
    symlinkSync(path.join(elsewhere, 'waivers'), path.join(path.dirname(folder), 'waivers'));

    expect(await refusalOf(file)).toContain('AT/waivers/payments.yaml is a link\nPut the file itself there');
    expect(await refusalOf(folder)).toContain('AT/waivers is a link');
  });

  it('are files in a number that somebody still reads', async () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`waivers/${at}.yaml`, 'waivers: []\n']));

    expect(await refusalOf(laid(many))).toContain('201 files are more than 200');
  });
});
