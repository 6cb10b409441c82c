import { describe, expect, it } from 'vitest';
import { environmentsIn, patternOf } from '../../../src/cli/discover/environment-words.ts';

describe('the name of a namespace or a context', () => {
  it.each([
    ['shop-prd', ['production']],
    ['arn:aws:eks:eu-west-1:123456789012:cluster/prod-eu', ['production']],
    ['gke_acme_europe-west1_stg2', ['staging']],
    ['pre-prod', ['staging']],
    ['Preproduction', ['staging']],
    ['nonprod', []],
    ['acme-non-prod', []],
    ['product-catalogue', []],
    ['printing', []],
    ['live-chat', []],
    ['shop-live', ['production']],
    ['prod-test', ['test', 'production']],
    ['', []],
  ])('%s speaks of %j', (name, environments) => {
    expect(environmentsIn(name)).toEqual(environments);
  });

  it.each([
    ['shop-prd', '*-prd'],
    ['staging', 'staging'],
    ['prod-shop', 'prod-*'],
    ['shop-prd-2', 'shop-prd-2'],
    ['shop', 'shop'],
  ])('%s is one of %s', (namespace, pattern) => {
    expect(patternOf(namespace)).toBe(pattern);
  });
});
