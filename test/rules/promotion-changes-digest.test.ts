import { testRule } from 'selfsame/testing';
import rule from '../../rules/promotion-changes-digest.ts';
import { pageIsCurrent } from './page.ts';
import { workflow } from './workflow.ts';

const promote = (...commands: readonly string[]) =>
  workflow(`  promote:\n    steps:\n      - run: |\n${commands.map((command) => `          ${command}\n`).join('')}`);
const told = (says: keyof typeof rule.messages) => [{ where: 'release.yml#promote', says, with: { job: 'promote' } }];

const cases = {
  passes: {
    'it copies byte by byte': promote('crane copy ghcr.io/acme/payments@sha256:c0ffee ghcr.io/acme/payments:production'),
    'it copies every member': promote('skopeo copy --all docker://ghcr.io/acme/payments:1.4 docker://registry.test/payments:1.4'),
    'it builds upon what was there before, and pushes that': promote(
      'docker pull ghcr.io/acme/payments:latest || true',
      'docker build --cache-from ghcr.io/acme/payments:latest -t ghcr.io/acme/payments:1.5 .',
      'docker tag ghcr.io/acme/payments:1.5 ghcr.io/acme/payments:latest',
      'docker push ghcr.io/acme/payments:latest',
    ),
    'it copies an index, or wraps a manifest, and nobody can tell which': promote(
      'docker buildx imagetools create -t ghcr.io/acme/payments:production ghcr.io/acme/payments@sha256:c0ffee',
    ),
    'it writes the manifest as it was': promote(
      'docker buildx imagetools create --prefer-index=false -t ghcr.io/acme/payments:production ghcr.io/acme/payments:1.4',
    ),
  },
  reports: {
    'it pulls, tags and pushes': {
      given: promote(
        'docker pull ghcr.io/acme/payments:1.4',
        'docker tag ghcr.io/acme/payments:1.4 ghcr.io/acme/payments:production',
        'docker push ghcr.io/acme/payments:production',
      ),
      finds: told('pulled-and-pushed'),
    },
    'it copies one member': {
      given: promote('skopeo copy docker://ghcr.io/acme/payments:1.4 docker://registry.test/payments:1.4'),
      finds: told('copied-in-part'),
    },
    'it pushes what it loaded from a file': {
      given: promote(
        'docker load --input payments.tar',
        'docker tag payments:1.4 ghcr.io/acme/payments:1.4',
        'docker push ghcr.io/acme/payments:1.4',
      ),
      finds: told('loaded'),
    },
  },
  cannotTell: {
    'it runs a script that was not read': { given: promote('./scripts/promote.sh'), because: 'changing: calls-what-was-not-read' },
  },
  skips: {},
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
