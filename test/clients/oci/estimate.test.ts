import { describe, expect, it } from 'vitest';
import { NO_CACHE } from '../../../src/clients/oci/cache.ts';
import { type Circumstances, estimateOf } from '../../../src/clients/oci/estimate.ts';
import type { Place } from '../../../src/clients/oci/read-contents.ts';
import type { Wanted } from '../../../src/collect/define-source.ts';
import { digestOf } from '../../fakes/registry.ts';

const place: Place = {
  registry: 'registry.test',
  repositories: ['payments/*'],
  isAt: ({ registry }) => registry === 'registry.test',
  locate: (repository, reference) => `${repository}@${reference}`,
};
const at = (repository: string, registry = 'registry.test') => ({ registry, repository });
const digest = digestOf('checkout');
const estimate = (wanted: Partial<Wanted>, changed: Partial<Circumstances> = {}) =>
  estimateOf(
    place,
    { digests: [], tags: [], commits: [], lines: [], ...wanted },
    { channels: 0, cache: NO_CACHE, referrers: false, ...changed },
  );

describe('what a registry is about to be asked', () => {
  it.each<[string, Partial<Wanted>, Partial<Circumstances>, { images: number; tags: number; requests: number }]>([
    ['nothing, where nothing is wanted', {}, {}, { images: 0, tags: 0, requests: 0 }],
    [
      'nothing of what is elsewhere or left out',
      { digests: [{ digest, seenIn: [at('payments/checkout', 'ghcr.io'), at('tools/cli')] }], tags: [at('tools/cli')] },
      {},
      { images: 0, tags: 0, requests: 0 },
    ],
    [
      'an index, an image and a config for a digest',
      { digests: [{ digest, seenIn: [at('payments/checkout')] }] },
      {},
      { images: 1, tags: 0, requests: 3 },
    ],
    [
      'what refers to the index and to the image',
      { digests: [{ digest, seenIn: [at('payments/checkout')] }] },
      { referrers: true },
      { images: 1, tags: 0, requests: 7 },
    ],
    [
      'a base for the platforms that stand on it, and nothing that is said of it',
      { digests: [{ digest, seenIn: [at('payments/base')], baseFor: ['linux/amd64', 'linux/arm64'] }] },
      { referrers: true },
      { images: 1, tags: 0, requests: 5 },
    ],
    [
      'whatever hangs on what was promoted, in each repository',
      { digests: [{ digest, seenIn: [at('payments/staging'), at('payments/prod')], pulledFrom: [at('payments/prod')] }] },
      { referrers: true },
      { images: 1, tags: 0, requests: 13 },
    ],
    ['a tag', { tags: [{ ...at('payments/checkout'), tag: 'spring' }] }, {}, { images: 0, tags: 1, requests: 1 }],
    ['a channel: its tag, and what that names', {}, { channels: 2 }, { images: 2, tags: 2, requests: 8 }],
    [
      'of what is kept on disk whether it is still held',
      { digests: [{ digest, seenIn: [at('payments/checkout')], pulledFrom: [at('payments/checkout')] }] },
      { cache: { get: () => Promise.resolve({ body: Buffer.from('checkout'), mediaType: '' }) } },
      { images: 1, tags: 0, requests: 1 },
    ],
  ])('is %s', async (_, wanted, circumstances, expected) => {
    expect(await estimate(wanted, circumstances)).toEqual(expected);
  });
});
