import { describe, expect, it } from 'vitest';
import { formatPlace, isPlacedIn } from '../../src/domain/place.ts';

describe('a place', () => {
  const key = 'production/arn:aws:eks/shop/Deployment/payments-api/app';

  it.each([
    'production/payments-api',
    'production/shop/payments-api/app',
    'production/shop/Deployment/payments-api/app',
    key,
    'production/*/payments-*/*',
  ])('is meant by %s', (pattern) => {
    expect(isPlacedIn(key, pattern)).toBe(true);
  });

  it.each([
    'production/shop/payments-api/istio-proxy',
    'production/Deployment/payments-api/app',
    'production/shop/payments-api',
    'staging/payments-api',
  ])('is not meant by %s', (pattern) => {
    expect(isPlacedIn(key, pattern)).toBe(false);
  });

  it('is meant by what reports print of it', () => {
    expect(isPlacedIn(key, formatPlace(key))).toBe(true);
  });
});
