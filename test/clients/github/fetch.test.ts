import { expect, it } from 'vitest';
import { openFetch } from '../../../src/clients/github/fetch.ts';
import { openEdge } from '../../fakes/edge.ts';

const ANSWER = { status: 200, headers: {}, body: Buffer.from('{}') };

it.each([
  ['https://api.github.com', 1],
  ['https://api.acme.ghe.com', 1],
  ['https://github.acme.example/api/v3', 0],
])('%s is asked 900 times a minute at most, unless it is a server of one’s own', async (api, waits) => {
  const edge = openEdge();
  // Nobody is asked: an answer stands in for the place that a host has free.
  const answered = { ...edge, limit: <T>() => Promise.resolve(ANSWER as T) };
  const asker = openFetch(new URL(api), { spend: () => undefined, refund: () => undefined, tell: () => undefined }, answered);

  await Promise.all(Array.from({ length: 896 }, () => asker(`${api}/rate_limit`)));
  const before = edge.slept.length;
  await asker(`${api}/graphql`, { method: 'POST', body: '{}' });

  expect([before, edge.slept.length]).toEqual([0, waits]);
});
