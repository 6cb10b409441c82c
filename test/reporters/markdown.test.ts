import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { incidents, rendered } from './estates.ts';

describe('markdown', () => {
  it('says in one look that all is well', async () => {
    expect(await rendered('markdown', incidents.clean)).toMatchInlineSnapshot(`
      "# selfsame

      **clean** (exit 0): everything in scope was seen and judged

      - production 1 first-party: 1 selfsame · 0 gaps · 1 vendor · rehearsed 100 % · origin known 100 % · 12 rules dormant

      | standing | container | image | why |
      |---|---|---|---|
      | selfsame | production/default/payments-api/app | registry.test/payments@9c8a3d020aa6 | recorded in e2e |

      ## Beside

      - vendor: docker.io/library/nginx, 1 absent upstream
      - dormant, because nothing they need is configured: base-not-allowed, base-outdated, deployed-in-freeze, expires-soon, image-gone, image-too-old, missing-provenance, registry-not-allowed, tested-together, unapproved-promotion, untrusted-builder, wrong-source
      - 12 rules about workflow files did not run: no source github-workflows is configured
      - could not tell on 1 place, order only declared: deployed-before-tested
      "
    `);
  });

  it('tells what drifted, with the cause under it', async () => {
    expect(await rendered('markdown', incidents.drift)).toMatchInlineSnapshot(`
      "# selfsame

      **drift** (exit 1): 2 findings at or above medium

      - production 2 first-party: 1 rebuilt · 1 foreign · 0 gaps · 0 vendor · rehearsed 0 % · origin known 50 % · 12 rules dormant

      | standing | container | image | why |
      |---|---|---|---|
      | rebuilt | production/default/payments-api/app | registry.test/payments@6fe385ac863e | another build of the source that was rehearsed: they differ from the first layer on, as another base image would: a734cddba07f by "FROM node:24" |
      | foreign | production/default/payments-worker/app | registry.test/payments@b7f49ddb7589 | every build of its line was listed, and none made it |

      ## high: rebuilt-after-test

      production/default/payments-api/app runs 6fe385ac863e, built by github-actions run 57 attempt 1; e2e rehearsed 9c8a3d020aa6, built by github-actions run 41 attempt 1 from commit c0ffee: they differ from the first layer on, as another base image would: a734cddba07f by "FROM node:24".

      - confidence: high
      - cause: base image
      - base-layer-mismatch: production/default/payments-api/app runs 6fe385ac863e on another base image than 9c8a3d020aa6: library/node:24&#64;342bcfa1e61d against library/node:24&#64;107aadf5a09b; they differ from the first layer on, as another base image would: a734cddba07f by "FROM node:24".
      - test-evidence-on-other-digest: production/default/payments-api/app runs 6fe385ac863e, of which e2e has no record: at 2026-03-02T09:10:00Z it passed on 9c8a3d020aa6, another digest of commit c0ffee, built by github-actions run 41 attempt 1.
      - fix: Deploy the rehearsed digest instead, in the cluster test: \`kubectl -n default set image deployment/payments-api app=registry.test/payments@sha256:9c8a3d020aa6ade60fc51f0e359f661150ef8160b20bdcb43eceb29b80fa3715\`. Then delete the build step from the production job.
      - at production/test/default/Deployment/payments-api/app
      - running: sha256:6fe385ac863e8511929a523df841051ac257ba0b2db67aba63c9c0e5480e1fe8
      - tested: sha256:9c8a3d020aa6ade60fc51f0e359f661150ef8160b20bdcb43eceb29b80fa3715

      ## high: unknown-origin

      production/default/payments-worker/app runs b7f49ddb7589: every build of its line was listed, and none made it; nearest to it are 9c8a3d020aa6 of run 41 &#40;2 of its 3 layers&#41; and 6fe385ac863e of run 57 &#40;1 of its 3 layers&#41;; pushed 2026-03-02T14:00:00Z.

      - confidence: high
      - fix: Find who pushed sha256:b7f49ddb758998f24f6403281ab2e30b2ef2c100f347020d5bd1a82977b87216 &#40;registry audit log, \`kubectl get -o yaml --show-managed-fields\`&#41;, rebuild the change in CI, test that digest and deploy it.
      - at production/test/default/Deployment/payments-worker/app
      - running: sha256:b7f49ddb758998f24f6403281ab2e30b2ef2c100f347020d5bd1a82977b87216

      ## Beside

      - dormant, because nothing they need is configured: base-not-allowed, base-outdated, deployed-in-freeze, expires-soon, image-gone, image-too-old, missing-provenance, registry-not-allowed, tested-together, unapproved-promotion, untrusted-builder, wrong-source
      - 12 rules about workflow files did not run: no source github-workflows is configured
      - could not tell on 1 place, build not known: deployed-before-tested
      - could not tell on 1 place, source not recorded: test-evidence-on-other-digest
      "
    `);
  });

  it('says what is not known and what would resolve it', async () => {
    expect(await rendered('markdown', incidents.inconclusive)).toMatchInlineSnapshot(`
      "# selfsame

      **inconclusive** (exit 3): 2 rows unresolved; 1 gap in what was read

      - production 2 first-party: 2 unresolved · 1 gap · 0 vendor · rehearsed 0 % · origin known 50 % · 12 rules dormant

      | standing | container | image | why |
      |---|---|---|---|
      | unresolved | production/default/payments-api/app | registry.test/payments@bb723f2df028 | the test records could not be listed |
      | unresolved | production/default/payments-worker/app | registry.test/payments, no digest | the runtime reported no digest and none is pinned |

      ## low: tag-without-digest

      production/default/payments-worker/app is declared as registry.test/payments:1.4: the next pull may bring something else, and its node named no digest.

      - confidence: high
      - fix: Declare what runs by its digest, \`registry.test/payments:1.4@sha256:…\`: the digest of this finding. Where its node named none, \`crane digest registry.test/payments:1.4\` prints what the tag names now; see that it is what was tested.
      - at production/test/default/Deployment/payments-worker/app

      ## Not known

      - 1 row unresolved, the test records could not be listed. Next: allow reading the test records: see the gaps
      - 1 row unresolved, the runtime reported no digest and none is pinned. Next: deploy it by digest, or collect again once its container has started
      - gap: not every test could be listed, forbidden: source scenario &#40;scenario&#41;

      ## Beside

      - dormant, because nothing they need is configured: base-not-allowed, base-outdated, deployed-in-freeze, expires-soon, image-gone, image-too-old, missing-provenance, registry-not-allowed, tested-together, unapproved-promotion, untrusted-builder, wrong-source
      - 12 rules about workflow files did not run: no source github-workflows is configured
      "
    `);
  });

  it('says of which scripts that nobody read some rule could not tell', async () => {
    const workflow = "on: push\njobs:\n  deploy: { runs-on: ubuntu-24.04, steps: [{ run: './deploy.sh' }] }\n";

    const told = await rendered('markdown', scenario().at('09:00').wrote('.github/workflows/ci.yml', workflow));

    expect(told).toMatch(
      /## Beside\n[^]*\n- could not tell on 1 place, calls what was not read: \d+ rules\n- not read, .*: \.\/deploy\.sh in /,
    );
  });
});
