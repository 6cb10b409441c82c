import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { incidents, rendered, reportOn } from './estates.ts';

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
