import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../src/config/load.ts';

const RULES = [
  { id: 'rebuilt-after-test' },
  { id: 'untested-digest' },
  { id: 'skipped-environment' },
  { id: 'base-outdated', options: z.strictObject({ days: z.coerce.number().int().positive().default(14) }) },
  { id: 'image-too-old', options: z.strictObject({ days: z.coerce.number().optional() }), awaits: 'days' },
  { id: 'untrusted-builder', options: z.strictObject({ builders: z.array(z.string()).default([]) }), awaits: 'builders' },
];
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-config-'));
const PATH = 'version: 1\npromotion: [staging, production]\n';

function file(text: string, name = 'selfsame.yaml'): string {
  const place = path.join(mkdtempSync(path.join(folder, 'at-')), name);
  writeFileSync(place, text);
  return place;
}

const load = (text: string) => loadConfig(file(text), RULES);

describe('a configuration', () => {
  it('needs two lines, and gives the plan with its defaults', async () => {
    const { plan, sources, limits } = await load(PATH);

    expect(plan).toMatchObject({
      promotion: [['staging'], ['production']],
      failOn: 'medium',
      evidence: 'auto',
      settleHours: 24,
      waivers: [],
    });
    expect(sources).toEqual([]);
    expect(limits).toMatchObject({ retries: 3, perHost: 8, clusters: 16 });
  });

  it('takes the short forms', async () => {
    const { plan } = await load(
      `${PATH.replace('production]', '[prod-eu, prod-us]]')}gates: [e2e, {name: smoke, environment: staging}]\nrules: {untested-digest: low, rebuilt-after-test: {severity: high, environments: {prod-eu: "off"}}}\nequal: [[prod-eu, prod-us]]\nsettle: 6h\n`,
    );

    expect(plan.promotion).toEqual([['staging'], ['prod-eu', 'prod-us']]);
    expect(plan.gates).toEqual([{ name: 'e2e' }, { name: 'smoke', environment: 'staging' }]);
    expect(plan.rules).toMatchObject({
      'untested-digest': { severity: 'low' },
      'rebuilt-after-test': { environments: { 'prod-eu': 'off' } },
    });
    expect(plan.settleHours).toBe(6);
  });

  it('has the policies of every verifier that some source accepts, whatever else is written there', async () => {
    const trusting = (accept: string) => `  - {use: records, name: r${accept.length}, files: [r], trust: {accept: [${accept}]}}\n`;

    const { plan } = await load(`${PATH}sources:\n${trusting('{policies: [b, a]}, 7, {policies: a}')}${trusting('{policies: [c]}')}`);

    expect(plan.policies).toEqual(['a', 'b', 'c']);
  });

  it('keeps the options of a rule as they are written, for the rule to read', async () => {
    const { plan } = await load(`${PATH}rules: {base-outdated: {severity: low, options: {days: 30}}}\n`);

    expect(plan.rules['base-outdated']).toEqual({ severity: 'low', environments: {}, options: { days: '30' } });
  });

  it('may turn off what it never told the options that it needs, and set what it did', async () => {
    const { plan } = await load(`${PATH}rules: {untrusted-builder: "off", image-too-old: {severity: low, options: {days: 90}}}\n`);

    expect(Object.keys(plan.rules)).toEqual(['untrusted-builder', 'image-too-old']);
  });

  it('never reads an identifier as a number', async () => {
    const { sources } = await load(`${PATH}sources: [{use: records, name: 0012, files: [1e3]}]\n`);

    expect(sources).toEqual([{ use: 'records', name: '0012', files: ['1e3'] }]);
  });

  it('never puts a variable of the environment into a value (P06)', async () => {
    const { plan } = await load(`${PATH}ours: ["\${HOME}/*", "~/x"]\n`);

    expect(plan.ours).toEqual(['${HOME}/*', '~/x']);
  });

  const waiver = (more: string) => `${PATH}waivers: [{where: production/cart, because: x, owner: y, until: 2026-12-31${more}}]\n`;

  it.each([
    ['an empty file (P01)', '', 'the file is empty\nTwo lines are enough'],
    ['a list', '- a\n', 'holds no keys with values\nTwo lines are enough'],
    ['a path that is missing', 'version: 1\n', 'promotion: is missing\nWrite it as in: promotion: [staging, production]'],
    [
      'one value where a list is meant',
      `${PATH}gates: e2e\n`,
      'gates: is "e2e", and must be a list: [one, another]\nWrite it as in: gates: [e2e]',
    ],
    ['one value where keys are meant', `${PATH}sources: [oci]\n`, 'sources.0: is "oci", and must be keys with their values'],
    ['keys where a list is meant', `${PATH}sources: {use: oci}\n`, 'sources: is keys with their values, and must be a list'],
    ['a key without its value', `${PATH}gates:\n`, 'gates: is empty\nWrite it as in'],
    [
      'a value of another form than any',
      'version: 1\npromotion: [{a: b}, c]\n',
      'promotion.0: is keys with their values, which cannot stand',
    ],
    ['a word that is nearly one of some', `${PATH}failOn: hihg\n`, 'high, medium, low or info\nDid you mean "high"?'],
    [
      'a key that is nearly one, further in',
      `${PATH}limits: {timeoutMS: 3}\n`,
      'limits: there is no key "timeoutMS"\nDid you mean "timeoutMs"?',
    ],
    ['a key that is nearly one of a gate', `${PATH}gates: [{nam: e2e}]\n`, 'gates.0: there is no key "nam"\nDid you mean "name"?'],
    ['a key that is nearly one of a rule', `${PATH}rules: {untested-digest: {severty: low}}\n`, 'Did you mean "severity"?'],
    ['an option that is nearly one', `${PATH}rules: {base-outdated: {options: {day: 3}}}\n`, 'Did you mean "days"? The keys are: days.'],
    ['a key that is nearly the promotion', 'version: 1\npromotio: [staging, production]\n', 'Did you mean "promotion"?'],
    ['an unknown key, with what was meant (P01)', `${PATH}rule: {}\n`, 'Did you mean "rules"'],
    ['an unknown key, far from any', `${PATH}colour: red\n`, 'The keys are'],
    ['another version', PATH.replace('1', '2'), 'version'],
    ['a path of one rank', 'version: 1\npromotion: [production]\n', 'at least two ranks'],
    ['an environment twice', 'version: 1\npromotion: [production, production]\n', 'its own upstream'],
    ['an unknown rule, with what was meant', `${PATH}rules: {rebuilt-after-tests: high}\n`, 'Did you mean "rebuilt-after-test"'],
    ['an unknown severity', `${PATH}rules: {untested-digest: urgent}\n`, 'rules.untested-digest'],
    [
      'an unknown severity in one environment',
      `${PATH}rules: {untested-digest: {environments: {staging: urgent}}}\n`,
      'environments.staging',
    ],
    ['an option that makes no sense', `${PATH}rules: {base-outdated: {options: {days: soon}}}\n`, 'rules.base-outdated.options.days'],
    ['an option that the rule does not have', `${PATH}rules: {base-outdated: {options: {days: 3, hours: 2}}}\n`, '"hours"'],
    ['a rule that is set to speak and never could', `${PATH}rules: {image-too-old: low}\n`, 'it says nothing without options.days'],
    [
      'a rule that is set to speak by an empty list',
      `${PATH}rules: {untrusted-builder: {environments: {production: high}, options: {builders: []}}}\n`,
      'it says nothing without options.builders',
    ],
    ['options of a rule that has none', `${PATH}rules: {untested-digest: {options: {days: 3}}}\n`, 'rules.untested-digest'],
    [
      'a rule that applies from no day',
      `${PATH}rules: {untested-digest: {appliesFrom: soon}}\n`,
      'rules.untested-digest.appliesFrom: is "soon"',
    ],
    [
      'a rule that applies from a day and never could',
      `${PATH}rules: {image-too-old: {appliesFrom: 2027-01-01}}\n`,
      'it says nothing without options.days',
    ],
    ['a rule set in an unknown environment', `${PATH}rules: {untested-digest: {environments: {prod: low}}}\n`, 'The environments are'],
    ['an unknown environment that must be equal', `${PATH}equal: [[production, prod-us]]\n`, 'The environments are'],
    ['a key twice (P02)', `${PATH}failOn: high\nfailOn: low\n`, 'line 4, column 1: this key stood there before\nPut what both'],
    ['two documents (P02)', `${PATH}---\n${PATH}`, 'line 3, column 1: a second document begins here\nOne file holds one'],
    ['a list that is not closed', `${PATH}gates: [e2e\n`, 'opened before it is not closed\nMend the YAML'],
    ['a tab', `${PATH}limits:\n\tretries: 3\n`, 'line 4, column 1: a tab indents it\nIndent with spaces.'],
    ['a directive that YAML does not know, in one line', `%FOO bar\n${PATH}`, 'Mend the YAML'],
    ['an alias of nothing', `${PATH}gates: *checks\n`, 'names no &anchor'],
    ['a tag that would make code (P02)', `${PATH}ours: !!js/function "x"\n`, 'ours'],
    ['a file of more than a page (P02)', `${PATH}ours: [${'x, '.repeat(400_000)}]\n`, 'not a data file'],
    ['a pair with nothing', `${PATH}pairs: {"production/shop/Deployment/cart/app": none}\n`, 'Write a waiver'],
    ['a place that is none', `${PATH}pairs: {cart: staging/cart}\n`, 'environment/name'],
    ['a waiver for a gap (H7)', waiver(', gap: forbidden'), 'waivers.0'],
    ['a waiver for nothing at all', waiver(''), 'names one of'],
    ['a waiver with a malformed digest', waiver(', rule: untested-digest, digest: "sha256:ABC"'), 'waivers.0.digest'],
    ['a waiver that ends on no day', waiver(', rule: untested-digest').replace('2026-12-31', 'soon'), 'waivers.0.until'],
    ['a team that owns nothing', `${PATH}teams: [{name: team-payments, contact: "#payments"}]\n`, 'teams.0: owns nothing: say what by'],
    [
      'a team twice',
      `${PATH}teams: [{name: a, where: [production/a]}, {name: a, images: ["*"]}]\n`,
      'teams: "a" stands twice\nPut what it owns',
    ],
    ['a team’s place that is none', `${PATH}teams: [{name: a, where: [payments]}]\n`, '"payments" is no place'],
    [
      'two sources of one name (P09)',
      `${PATH}sources: [{use: oci, registry: a.test}, {use: oci, registry: b.test}]\n`,
      'a name of its own',
    ],
    [
      'two sources of one registry (P09)',
      `${PATH}sources: [{use: oci, name: a, registry: Hub.test}, {use: oci, name: b, registry: "hub.test:443"}]\n`,
      '"a" and "b" read the same of hub.test\nMake one of the two',
    ],
    [
      'two sources of one registry that both read a repository of it',
      `${PATH}sources: [{use: oci, name: a, registry: hub.test, repositories: ["acme/*"]}, {use: oci, name: b, registry: hub.test, repositories: [acme/payments]}]\n`,
      '"a" and "b" read the same of hub.test',
    ],
    ['a duration without its unit', `${PATH}settle: 24\n`, '24h'],
  ])('is refused for %s', async (_, text, says) => {
    const refused: unknown = await load(text).catch((error: unknown) => error);

    expect(refused).toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 });
    const { message, hint } = refused as { message: string; hint: string };
    expect(`${message}\n${hint}`).toContain(says);
    expect(message).not.toContain('\n');
  });

  it.each([
    ['two registries', '{use: oci, name: a, registry: a.test}, {use: oci, name: b, registry: b.test}'],
    [
      'repositories of one registry that two logins read',
      '{use: oci, name: a, registry: hub.test, repositories: ["acme/*"]}, {use: oci, name: b, registry: hub.test, repositories: ["base/*"]}',
    ],
    [
      'a registry and a copy of what it holds',
      '{use: oci, name: a, registry: hub.test}, {use: oci, name: b, registry: hub.test, layouts: [./copy]}',
    ],
    ['a registry and what Amazon tells of it', '{use: oci, name: a, registry: hub.test}, {use: ecr, name: b, registry: hub.test}'],
  ])('takes two sources for %s', async (_, sources) => {
    expect((await load(`${PATH}sources: [${sources}]\n`)).sources).toHaveLength(2);
  });

  it('is read through a link that the operator made, and never from a folder', async () => {
    const link = path.join(folder, 'link.yaml');
    symlinkSync(file(PATH), link);

    await expect(loadConfig(link, RULES)).resolves.toBeDefined();
    await expect(loadConfig(folder, RULES)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
