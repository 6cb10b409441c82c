import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { incidents, rendered, reportOn } from './estates.ts';

describe('annotations for GitHub', () => {
  it('are none where all is well', async () => {
    expect(await rendered('github', incidents.clean)).toBe('');
  });

  it('name the finding and what to do', async () => {
    expect(await rendered('github', incidents.drift)).toMatchInlineSnapshot(`
      "::error title=selfsame%3A rebuilt-after-test::production/default/payments-api/app runs 6fe385ac863e, built by github-actions run 57 attempt 1; e2e rehearsed 9c8a3d020aa6, built by github-actions run 41 attempt 1 from commit c0ffee: they differ from the first layer on, as another base image would: a734cddba07f by "FROM node:24". Fix: Deploy the rehearsed digest instead, in the cluster test: \`kubectl -n default set image deployment/payments-api app=registry.test/payments@sha256:9c8a3d020aa6ade60fc51f0e359f661150ef8160b20bdcb43eceb29b80fa3715\`. Then delete the build step from the production job.
      ::error title=selfsame%3A unknown-origin::production/default/payments-worker/app runs b7f49ddb7589: every build of its line was listed, and none made it; nearest to it are 9c8a3d020aa6 of run 41 (2 of its 3 layers) and 6fe385ac863e of run 57 (1 of its 3 layers); pushed 2026-03-02T14:00:00Z. Fix: Find who pushed sha256:b7f49ddb758998f24f6403281ab2e30b2ef2c100f347020d5bd1a82977b87216 (registry audit log, \`kubectl get -o yaml --show-managed-fields\`), rebuild the change in CI, test that digest and deploy it.
      "
    `);
  });

  it('tell what is not known as warnings', async () => {
    expect(await rendered('github', incidents.inconclusive)).toMatchInlineSnapshot(`
      "::warning title=selfsame%3A inconclusive::exit 3: 2 rows unresolved; 1 gap in what was read
      ::warning title=selfsame%3A unresolved::1 row unresolved, the test records could not be listed. Next: allow reading the test records: see the gaps
      ::warning title=selfsame%3A unresolved::1 row unresolved, the runtime reported no digest and none is pinned. Next: deploy it by digest, or collect again once its container has started
      ::warning title=selfsame%3A gap::not every test could be listed, forbidden: source scenario (scenario).
      ::notice title=selfsame%3A tag-without-digest::production/default/payments-worker/app is declared as registry.test/payments:1.4: the next pull may bring something else, and its node named no digest. Fix: Declare what runs by its digest, \`registry.test/payments:1.4@sha256:…\`: the digest of this finding. Where its node named none, \`crane digest registry.test/payments:1.4\` prints what the tag names now; see that it is what was tested.
      "
    `);
  });

  it('are ten of a level at most, and the tenth says how many are left out', async () => {
    const report = await reportOn(incidents.drift);
    const github = (await loadAll('reporters')).find(({ id }) => id === 'github');
    const findings = Array.from({ length: 25 }, () => report.findings[1]!);

    const lines = [...(github?.render({ ...report, findings }, { width: 80, color: false }) ?? [])];

    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toContain('::error title=selfsame%3A 16 more::GitHub shows 10 annotations of a level: 16 more are in the report');
  });
});
