import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/registry.ts';
import { incidents, rendered, reportOn } from './estates.ts';

describe('the table', () => {
  it('says in one look that all is well', async () => {
    expect(await rendered('table', incidents.clean)).toMatchInlineSnapshot(`
      "production 1 first-party: 1 selfsame · 0 gaps · 1 vendor · rehearsed 100 % ·
      origin known 100 % · 12 rules dormant

      ┌──────────┬──────────────────────────┬───────────────────────┬──────────┐
      │ standing │ container                │ image                 │ why      │
      ├──────────┼──────────────────────────┼───────────────────────┼──────────┤
      │ selfsame │ default/payments-api/app │ payments@9c8a3d020aa6 │ recorded │
      └──────────┴──────────────────────────┴───────────────────────┴──────────┘

      vendor: docker.io/library/nginx, 1 absent upstream
      dormant, because nothing they need is configured: base-not-allowed,
        base-outdated, deployed-in-freeze, expires-soon, image-gone, image-too-old,
        missing-provenance, registry-not-allowed, tested-together,
        unapproved-promotion, untrusted-builder, wrong-source
      12 rules about workflow files did not run: no source github-workflows is
        configured
      could not tell on 1 place, order only declared: deployed-before-tested

      exit 0: everything in scope was seen and judged (as of 2026-03-02T14:00:00Z)
      "
    `);
  });

  it('tells what drifted, why, and what to type', async () => {
    expect(await rendered('table', incidents.drift)).toMatchInlineSnapshot(`
      "production 2 first-party: 1 rebuilt · 1 foreign · 0 gaps · 0 vendor · rehearsed
      0 % · origin known 50 % · 12 rules dormant

      ┌──────────┬────────────────────────────┬───────────────────────┬──────────────┐
      │ standing │ container                  │ image                 │ why          │
      ├──────────┼────────────────────────────┼───────────────────────┼──────────────┤
      │ rebuilt  │ default/payments-api/app   │ payments@6fe385ac863e │ same source  │
      │ foreign  │ default/payments-worker/   │ payments@b7f49ddb7589 │ no build     │
      │          │ app                        │                       │ made it      │
      └──────────┴────────────────────────────┴───────────────────────┴──────────────┘

      high rebuilt-after-test (confidence high)
        production/default/payments-api/app runs 6fe385ac863e, built by github-actions
        run 57 attempt 1; e2e rehearsed 9c8a3d020aa6, built by github-actions run 41
        attempt 1 from commit c0ffee: they differ from the first layer on, as another
        base image would: a734cddba07f by "FROM node:24".
        cause: base image
        base-layer-mismatch: production/default/payments-api/app runs 6fe385ac863e
          on another base image than 9c8a3d020aa6: library/node:24@342bcfa1e61d
          against library/node:24@107aadf5a09b; they differ from the first layer on,
          as another base image would: a734cddba07f by "FROM node:24".
        test-evidence-on-other-digest: production/default/payments-api/app runs
          6fe385ac863e, of which e2e has no record: at 2026-03-02T09:10:00Z it passed
          on 9c8a3d020aa6, another digest of commit c0ffee, built by github-actions
          run 41 attempt 1.
        fix: Deploy the rehearsed digest instead, in the cluster test: \`kubectl -n
             default set image deployment/payments-api
             app=registry.test/payments@sha256:9c8a3d020aa6ade60fc51f0e359f661150ef8160b20bdcb43eceb29b80fa3715\`.
             Then delete the build step from the production job.
        at production/test/default/Deployment/payments-api/app
        running sha256:6fe385ac863e8511929a523df841051ac257ba0b2db67aba63c9c0e5480e1fe8
        tested sha256:9c8a3d020aa6ade60fc51f0e359f661150ef8160b20bdcb43eceb29b80fa3715
        about: selfsame rules rebuilt-after-test

      high unknown-origin (confidence high)
        production/default/payments-worker/app runs b7f49ddb7589: every build of its
        line was listed, and none made it; nearest to it are 9c8a3d020aa6 of run 41 (2
        of its 3 layers) and 6fe385ac863e of run 57 (1 of its 3 layers); pushed
        2026-03-02T14:00:00Z.
        fix: Find who pushed
             sha256:b7f49ddb758998f24f6403281ab2e30b2ef2c100f347020d5bd1a82977b87216
             (registry audit log, \`kubectl get -o yaml --show-managed-fields\`),
             rebuild the change in CI, test that digest and deploy it.
        at production/test/default/Deployment/payments-worker/app
        running sha256:b7f49ddb758998f24f6403281ab2e30b2ef2c100f347020d5bd1a82977b87216
        about: selfsame rules unknown-origin

      dormant, because nothing they need is configured: base-not-allowed,
        base-outdated, deployed-in-freeze, expires-soon, image-gone, image-too-old,
        missing-provenance, registry-not-allowed, tested-together,
        unapproved-promotion, untrusted-builder, wrong-source
      12 rules about workflow files did not run: no source github-workflows is
        configured
      could not tell on 1 place, build not known: deployed-before-tested
      could not tell on 1 place, source not recorded: test-evidence-on-other-digest

      exit 1: 2 findings at or above medium (as of 2026-03-02T14:00:00Z)
      "
    `);
  });

  it('says what is not known and what would resolve it, once a reason', async () => {
    expect(await rendered('table', incidents.inconclusive)).toMatchInlineSnapshot(`
      "production 2 first-party: 2 unresolved · 1 gap · 0 vendor · rehearsed 0 % ·
      origin known 50 % · 12 rules dormant

      ┌────────────┬───────────────────────────┬───────────────────────┬─────────────┐
      │ standing   │ container                 │ image                 │ why         │
      ├────────────┼───────────────────────────┼───────────────────────┼─────────────┤
      │ unresolved │ default/payments-api/app  │ payments@bb723f2df028 │ tests not   │
      │            │                           │                       │ covered     │
      │ unresolved │ default/payments-worker/  │ payments, no digest   │ no digest   │
      │            │ app                       │                       │             │
      └────────────┴───────────────────────────┴───────────────────────┴─────────────┘

      low tag-without-digest (confidence high)
        production/default/payments-worker/app is declared as
        registry.test/payments:1.4: the next pull may bring something else, and its
        node named no digest.
        fix: Declare what runs by its digest, \`registry.test/payments:1.4@sha256:…\`:
             the digest of this finding. Where its node named none, \`crane digest
             registry.test/payments:1.4\` prints what the tag names now; see that it is
             what was tested.
        at production/test/default/Deployment/payments-worker/app
        about: selfsame rules tag-without-digest

      unresolved: 1 row, the test records could not be listed
        at production/test/default/Deployment/payments-api/app
        next: allow reading the test records: see the gaps

      unresolved: 1 row, the runtime reported no digest and none is pinned
        at production/test/default/Deployment/payments-worker/app
        next: deploy it by digest, or collect again once its container has started

      gap: not every test could be listed, forbidden: source scenario (scenario)

      dormant, because nothing they need is configured: base-not-allowed,
        base-outdated, deployed-in-freeze, expires-soon, image-gone, image-too-old,
        missing-provenance, registry-not-allowed, tested-together,
        unapproved-promotion, untrusted-builder, wrong-source
      12 rules about workflow files did not run: no source github-workflows is
        configured

      exit 3: 2 rows unresolved; 1 gap in what was read (as of 2026-03-02T14:00:00Z)
      "
    `);
  });

  it.each([40, 60, 80, 120])('keeps to %i columns, but for what must stay whole', async (width) => {
    const lines = (await rendered('table', incidents.drift, width)).split('\n');

    const tooLong = lines.filter((line) => line.length > width && !/sha256:[0-9a-f]{64}/.test(line));

    expect(tooLong.filter((line) => line.trim().includes(' ') && !line.startsWith('  at '))).toEqual([]);
  });

  it('leaves out acquitted rows where there are more than anybody reads', async () => {
    const report = await reportOn(incidents.drift);
    const [row] = report.rows;
    const many = Array.from({ length: 300 }, (_, at) => ({
      ...row!,
      where: `${row!.where}-${at}`,
      standing: { ...row!.standing, is: 'selfsame' as const },
    }));
    const table = (await loadAll('reporters')).find(({ id }) => id === 'table');

    const text = [...table!.render({ ...report, rows: [...report.rows, ...many] }, { width: 80, color: false })].join('');

    expect(table?.id).toBe('table');
    expect(text).toContain('and 300 rows more, all selfsame or equivalent');
  });
});
