import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { incidents, rendered } from './estates.ts';
import { hostileReport } from './hostile-report.ts';

/** The elements and attributes that Jenkins and GitLab read (docs.gitlab.com, Unit test reports; jenkins-junit.xsd of the xUnit plug-in; 2026). */
const FORM: Readonly<Record<string, Readonly<{ of: readonly string[]; may: readonly string[]; must: readonly string[] }>>> = {
  testsuites: { of: [''], must: [], may: ['name'] },
  testsuite: { of: ['testsuites'], must: ['name', 'tests', 'failures', 'errors', 'skipped'], may: ['time', 'timestamp'] },
  testcase: { of: ['testsuite'], must: ['name', 'classname'], may: ['time'] },
  failure: { of: ['testcase'], must: ['message', 'type'], may: [] },
  error: { of: ['testcase'], must: ['message', 'type'], may: [] },
  skipped: { of: ['testcase'], must: ['message'], may: [] },
};

/** Whatever stands in a text that the form has not: an element elsewhere, an attribute too many or missing, a tag that is not closed. */
function strangersIn(xml: string): readonly string[] {
  const open: string[] = [];
  const strangers: string[] = [];
  for (const [tag, slash, name = '', attributes = '', alone] of xml.matchAll(/<(\/?)(\w+)((?: \w+="[^"<]*")*)(\/?)>/g)) {
    if (slash) {
      if (open.pop() !== name) strangers.push(tag);
      continue;
    }
    const { of = [], must = [], may = [] } = FORM[name] ?? {};
    const found = [...attributes.matchAll(/ (\w+)="[^"]*"/g)].map(([, attribute]) => attribute ?? '');
    const isFormed = must.every((one) => found.includes(one)) && found.every((one) => [...must, ...may].includes(one));
    if (!of.includes(open.at(-1) ?? '') || !isFormed) strangers.push(tag);
    if (!alone) open.push(name);
  }
  const rest = xml.replace(/^<\?xml [^>]*\?>\n/, '').replace(/<(\/?)(\w+)((?: \w+="[^"<]*")*)(\/?)>/g, '');
  return [...strangers, ...open, ...(rest.match(/<.{0,40}/g) ?? [])];
}

describe('JUnit results', () => {
  it.each(['clean', 'drift', 'inconclusive'] as const)('have the documented form: %s', async (name) => {
    const xml = await rendered('junit', incidents[name]);

    expect(strangersIn(xml)).toEqual([]);
    expect(strangersIn(xml.replace('<testcase ', '<testcase line="1" '))).toHaveLength(1);
  });

  it('have it whatever names and labels say', async () => {
    const junit = (await loadAll('reporters')).find(({ id }) => id === 'junit');

    const xml = [...(junit?.render(await hostileReport(), { width: 80, color: false }) ?? [])].join('');

    expect(xml).toContain('<testcase ');
    expect(strangersIn(xml)).toEqual([]);
  });

  it('pass where production runs what was tested, and skip what is built elsewhere', async () => {
    expect(await rendered('junit', incidents.clean)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="selfsame">
      <testsuite name="production" tests="2" failures="0" errors="0" skipped="1" time="0" timestamp="2026-03-02T14:00:00">
      <testcase classname="selfsame.production.default" name="production/test/default/Deployment/payments-api/app" time="0"/>
      <testcase classname="selfsame.production.default" name="production/test/default/Deployment/proxy/app" time="0"><skipped message="built outside this audit">built outside this audit, by its name, absent upstream</skipped></testcase>
      </testsuite>
      </testsuites>
      "
    `);
  });

  it('fail where something drifted, with what to do', async () => {
    const xml = await rendered('junit', incidents.drift);

    expect(xml).toContain('<testsuite name="production" tests="2" failures="2" errors="0" skipped="0"');
    expect(xml).toContain('<failure message="rebuilt-after-test: ');
    expect(xml).toContain('Fix: Deploy the rehearsed digest instead');
  });

  it('are errors where something could not be judged or read', async () => {
    const xml = await rendered('junit', incidents.inconclusive);

    expect(xml).toContain('<error message="unresolved: the test records could not be listed" type="error">Next: ');
    expect(xml).toContain('<testsuite name="gaps" tests="2" failures="0" errors="2" skipped="0"');
  });

  it.each(['clean', 'drift', 'inconclusive'] as const)('count what they have: %s', async (name) => {
    const xml = await rendered('junit', incidents[name]);

    for (const [, tests, body = ''] of xml.matchAll(/<testsuite name="[^"]*" tests="(\d+)"[^>]*>([^]*?)<\/testsuite>/g))
      expect(body.match(/<testcase /g)).toHaveLength(Number(tests));
    expect(xml.match(/<error /g)?.length ?? 0).toBe(
      [...xml.matchAll(/errors="(\d+)"/g)].reduce((sum, [, count]) => sum + Number(count), 0),
    );
  });
});
