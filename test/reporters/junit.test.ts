import { describe, expect, it } from 'vitest';
import { incidents, rendered } from './estates.ts';

describe('JUnit results', () => {
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
