import { describe, expect, it } from 'vitest';
import { refuseElsewhere } from '../../src/cli/refuse-elsewhere.ts';
import { parseImageReference } from '../../src/domain/image-reference.ts';
import { DeclaredImage } from '../../src/domain/observation.ts';

const ONE_CLUSTER = [{ use: 'kubernetes', environments: { staging: ['*-stg'], production: ['*-prd'] } }];

function inNamespace(namespace: string) {
  const image = parseImageReference('registry.test/payments:1')!;
  const manifest = DeclaredImage.parse({
    kind: 'declared-image',
    at: '2026-03-02T14:05:00Z',
    origin: { source: 'check', locator: `shop.yaml#Deployment/${namespace}/payments` },
    environment: 'production',
    workload: { cluster: 'current', namespace, kind: 'Deployment', name: 'payments' },
    container: 'app',
    because: 'manifest',
    declared: image,
  });
  return [{ image, environment: 'production', manifest }];
}

describe('a manifest that is to go to production', () => {
  it.each([
    ['of one cluster', ONE_CLUSTER],
    [
      'of a cluster each',
      [
        { use: 'kubernetes', environment: 'staging', namespaces: ['shop-stg'] },
        { use: 'kubernetes', environment: 'production', namespaces: ['*-prd'] },
      ],
    ],
  ])('is refused in a namespace of staging, %s', (_, sources) => {
    expect(() => refuseElsewhere(inNamespace('shop-stg'), sources)).toThrow(
      'shop.yaml#Deployment/shop-stg/payments: shop-stg is staging; production was asked',
    );
  });

  it.each([
    ['a namespace of production', 'shop-prd', ONE_CLUSTER],
    ['no namespace', 'default', [{ use: 'kubernetes', environments: { staging: ['default'], production: ['*-prd'] } }]],
    ['a namespace of nobody', 'till', ONE_CLUSTER],
    [
      'a namespace of both',
      'shop',
      [
        { use: 'kubernetes', environment: 'staging', namespaces: ['shop'] },
        { use: 'kubernetes', environment: 'production' },
      ],
    ],
    [
      'a namespace that production may have by a label',
      'shop',
      [{ use: 'kubernetes', environments: { staging: ['shop'], production: { namespaceLabels: { tier: 'live' } } } }],
    ],
    [
      'a namespace of a cluster that is staging as a whole',
      'shop',
      [
        { use: 'kubernetes', environment: 'staging' },
        { use: 'kubernetes', environment: 'production', namespaces: ['till'] },
      ],
    ],
  ])('is taken in %s', (_, namespace, sources) => {
    expect(() => refuseElsewhere(inNamespace(namespace), sources)).not.toThrow();
  });
});
