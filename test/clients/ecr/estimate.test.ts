import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../../src/collect/define-source.ts';
import { ECR_HOST, type FakeEcr, lookUpEcr, startEcr } from '../../fakes/ecr.ts';
import { openEdge } from '../../fakes/edge.ts';
import { configOf } from '../../fakes/registry.ts';

let fake: FakeEcr;

beforeEach(async () => {
  fake = await startEcr();
});
afterEach(() => fake.stop());

const secrets = { AWS_ACCESS_KEY_ID: 'AKIATEATEATEATEATEA', AWS_SECRET_ACCESS_KEY: 'earl-grey-hot' };
const gapsIn = (facts: readonly Seen[]) => facts.filter((fact) => fact.kind === 'gap');

/** So many images, as they are asked for. */
function fill(count: number): Record<string, readonly string[]> {
  const images = Array.from({ length: count }, (_, nth) => fake.image('payments/checkout', configOf({ author: `${nth}` })));
  return Object.fromEntries(images.map(({ digest }) => [digest, ['payments/checkout']]));
}

describe('what ECR is about to be asked', () => {
  it('is told before it is, by the hundred, and afterwards what it took', async () => {
    const steps: string[] = [];
    const edge = { ...openEdge({ secrets }), progress: (step: string) => void steps.push(step) };

    await lookUpEcr(fake, { digests: fill(120), tags: ['payments/checkout:spring'] }, { edge, maxRequests: '200' });

    // Two for the images and two for what they may lead to, a config each, three for push times, and two for the tag.
    expect(steps[0]).toBe(`${ECR_HOST}: 120 images and 1 tags to resolve, about 129 requests of at most 200`);
    expect(steps.at(-1)).toBe(`${ECR_HOST}: ${fake.calls.length} requests of about 129 and of at most 200`);
    expect(fake.calls).toHaveLength(126);
    expect(fake.downloads).toHaveLength(120);
  });

  it('ends at maxRequests: what is unread is a gap that says how many are needed', async () => {
    const facts = await lookUpEcr(fake, { digests: fill(20) }, { maxRequests: '5' });

    expect(fake.calls).toHaveLength(5);
    expect(new Set(gapsIn(facts).map(({ because, hint }) => `${because}: ${hint}`))).toEqual(
      new Set([`incomplete: Set \`maxRequests\` of the source for ${ECR_HOST} to at least 23 (it is 5), or name fewer \`repositories\`.`]),
    );
    expect(facts.flatMap((fact) => (fact.kind === 'coverage' ? [fact.of] : []))).toEqual(['tag']);
  });
});
