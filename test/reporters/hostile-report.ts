import { type Digest, judgeRecorded, type Report } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { loadAll } from '../../src/registry.ts';

const HOSTILE =
  '::error::x ##[add-mask]y ::stop-commands::z x\u001b[2J\u009b31m\u202e\u061c\u{e0041}\u0007|<img src=x>[a](b)\n`</style><svg onload=y>" onmouseover="z';

/** A report in which everything that comes from outside tries to be something else. */
export async function hostileReport(): Promise<Report> {
  const incident = scenario({ gates: ['e2e'] })
    .at('09:00')
    .built('payments@A', { run: '41', commit: 'c0ffee' })
    .tested('payments@A', { gate: 'e2e' })
    .at('14:00')
    .built('payments@B', { run: '57', commit: 'c0ffee', base: 'Y' })
    .deployed('payments@B', 'production/api')
    .deployed('payments:1', 'production/worker');
  const report = judgeRecorded(incident.recordings(), incident.plan(), await loadAll('rules'), '0.1.0');
  return {
    ...report,
    because: [HOSTILE],
    coverage: report.coverage.map((one) => ({ ...one, environment: HOSTILE })),
    teams: [{ name: HOSTILE, contact: HOSTILE }],
    rows: report.rows.map((row) => ({
      ...row,
      owner: HOSTILE,
      where: HOSTILE,
      image: HOSTILE,
      digest: HOSTILE,
      text: HOSTILE,
      next: HOSTILE,
    })),
    findings: report.findings.map((one) => ({
      ...one,
      rule: HOSTILE,
      cause: HOSTILE,
      text: HOSTILE,
      fix: HOSTILE,
      where: [HOSTILE],
      owners: [HOSTILE],
      facts: { [HOSTILE]: `sha256:${HOSTILE}` },
    })),
    keep: { digests: [{ repository: HOSTILE, digest: HOSTILE as Digest, because: 'runs', where: [HOSTILE] }], doubts: [HOSTILE] },
    outside: [{ cluster: HOSTILE, namespace: HOSTILE, ours: [HOSTILE], onPath: [HOSTILE] }],
    waivers: [
      {
        about: HOSTILE,
        where: HOSTILE,
        owner: HOSTILE,
        approver: HOSTILE,
        ticket: HOSTILE,
        until: HOSTILE,
        state: 'expired',
        why: HOSTILE,
        concerns: [{ is: 'too-broad', says: HOSTILE }],
      },
    ],
    unknowns: [{ rule: HOSTILE, because: HOSTILE, where: [HOSTILE] }],
    view: { owner: HOSTILE, rows: 7, fileFindings: 0 },
    idle: [HOSTILE],
    evidence: Object.fromEntries(
      Object.entries(report.evidence).map(([id, fact]) => [id, { ...fact, says: HOSTILE, origin: { source: HOSTILE, locator: HOSTILE } }]),
    ),
    gaps: [
      {
        kind: 'gap',
        of: 'test',
        because: 'forbidden',
        scope: { source: HOSTILE },
        origin: { source: HOSTILE, locator: HOSTILE },
        hint: HOSTILE,
      },
    ],
  };
}
