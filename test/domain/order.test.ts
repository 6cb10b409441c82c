import { expect, test } from 'vitest';
import { rememberPair } from '../../src/domain/order.ts';

test('what an artifact holds in a world is computed once, and anew in another world', () => {
  const [march, april] = [{ builds: 3 }, { builds: 4 }];
  const artifact = { digest: 'c0ffee' };
  let computed = 0;
  const buildsOf = rememberPair(({ builds }: typeof march, { digest }: typeof artifact) => `${digest} ${builds} ${++computed}`);

  const told = [buildsOf(march, artifact), buildsOf(march, artifact), buildsOf(april, artifact)];

  expect(told).toEqual(['c0ffee 3 1', 'c0ffee 3 1', 'c0ffee 4 2']);
});

test('two artifacts that say the same are two', () => {
  const payments = { line: 'registry.test/payments' };
  const isSame = rememberPair((one: typeof payments, other: typeof payments) => one === other);

  const told = [isSame(payments, { ...payments }), isSame(payments, payments)];

  expect(told).toEqual([false, true]);
});

test('that there is nothing is remembered too', () => {
  let computed = 0;
  const sourceOf = rememberPair((_world: object, _artifact: string) => {
    computed++;
    return undefined;
  });
  const world = {};

  const told = [sourceOf(world, 'checkout'), sourceOf(world, 'checkout')];

  expect([...told, computed]).toEqual([undefined, undefined, 1]);
});
