import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadAll } from '../../src/registry.ts';
import { incidents, rendered, reportOn } from './estates.ts';
import { hostileReport } from './hostile-report.ts';

const isObeyed = (text: string) => /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|^\s*::\w|##\[/.test(text);

/** What GitLab asks of an issue (docs.gitlab.com, Code Quality, "Code Quality report format", read 2026). */
const Issues = z.array(
  z.object({
    description: z.string().min(1),
    check_name: z.string().min(1),
    fingerprint: z.string().min(1),
    severity: z.enum(['info', 'minor', 'major', 'critical', 'blocker']),
    location: z.object({ path: z.string().regex(/^[^./]/), lines: z.object({ begin: z.number().int().positive() }) }),
  }),
);

describe('Code Quality for GitLab', () => {
  it.each(['clean', 'drift', 'inconclusive'] as const)('has the documented form, and each issue once: %s', async (name) => {
    const issues = Issues.parse(JSON.parse(await rendered('gitlab', incidents[name])));

    const { findings } = await reportOn(incidents[name]);
    expect(issues.map(({ fingerprint }) => fingerprint)).toEqual(
      findings.filter(({ under }) => !under).map(({ fingerprint }) => fingerprint),
    );
  });

  it('has it whatever names and labels say: a path of the repository, in one line, and nothing to obey', async () => {
    const gitlab = (await loadAll('reporters')).find(({ id }) => id === 'gitlab');
    const report = await hostileReport();
    const where = ['../../../etc/passwd\n::error::x'];
    const findings = report.findings.map((finding) => ({ ...finding, where }));

    const text = [...(gitlab?.render({ ...report, findings }, { width: 80, color: false }) ?? [])].join('');
    const issues = Issues.parse(JSON.parse(text));

    expect(issues.length).toBeGreaterThan(1);
    expect(issues.flatMap(({ location, description, check_name }) => [location.path, description, check_name]).filter(isObeyed)).toEqual(
      [],
    );
    expect(issues.map(({ location }) => location.path).filter((path) => path.split('/').includes('..'))).toEqual([]);
  });

  it('names the place, the rule and what to do', async () => {
    const [issue] = Issues.parse(JSON.parse(await rendered('gitlab', incidents.drift)));

    expect(issue).toMatchObject({
      check_name: 'rebuilt-after-test',
      severity: 'critical',
      location: { path: 'production/default/payments-api/app' },
    });
    expect(issue?.description).toContain('Fix: Deploy the rehearsed digest instead');
  });
});
