import { describe, expect, it } from 'vitest';
import { sampleOf } from '../../../src/cli/doctor/sample.ts';
import { Digest } from '../../../src/domain/digest.ts';

const digest = (letter: string) => Digest.parse(`sha256:${letter.repeat(64)}`);
const at = (repository: string) => ({ registry: 'registry.test', repository });

describe('a sample of what is wanted', () => {
  it('has one of each repository, and no base', () => {
    const wanted = {
      digests: [
        { digest: digest('a'), seenIn: [at('payments')] },
        { digest: digest('b'), seenIn: [at('payments')] },
        { digest: digest('c'), seenIn: [at('cart')] },
        { digest: digest('d'), seenIn: [at('base')], baseFor: ['linux/amd64'] },
      ],
      tags: [at('payments'), at('payments')],
      commits: ['c0ffee', 'c0ffee1'].map((commit) => ({ repository: 'acme/payments', commit })),
      lines: [{ line: 'registry.test/payments' }],
    };

    expect(sampleOf(wanted)).toEqual({
      digests: [wanted.digests[0], wanted.digests[2]],
      tags: [at('payments')],
      commits: [wanted.commits[0]],
      lines: [{ line: 'registry.test/payments' }],
    });
  });

  it('stays small, however much is wanted', () => {
    const names = Array.from({ length: 900 }, (_, number) => `service-${number}`);

    const { digests, commits, lines } = sampleOf({
      digests: names.map((name) => ({ digest: digest('a'), seenIn: [at(name)] })),
      tags: [],
      commits: names.map((repository) => ({ repository, commit: 'c0ffee' })),
      lines: names.map((line) => ({ line })),
    });

    expect([digests.length, commits.length, lines.length]).toEqual([50, 5, 100]);
  });
});
