import { describe, expect, it } from 'vitest';
import { formatImageReference, parseImageReference } from '../../src/domain/image-reference.ts';

const written = (text: string) => {
  const reference = parseImageReference(text);
  return reference && formatImageReference(reference);
};

describe('an image reference', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx'],
    ['docker.io/nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['index.docker.io/library/nginx', 'docker.io/library/nginx'],
    ['acme/shop', 'docker.io/acme/shop'],
    ['localhost/shop', 'localhost/shop'],
    ['registry.test:443/acme/shop', 'registry.test:443/acme/shop'],
    ['[::1]:5000/shop', '[::1]:5000/shop'],
    ['xn--rgistry-bya.test/shop', 'xn--rgistry-bya.test/shop'],
  ])('R26 %s is %s', (text, full) => {
    expect(written(text)).toBe(full);
  });

  it.each([
    'r\u0435gistry.test/shop',
    'régistry.test/shop',
    'registry.test./shop',
    'registry.test:/shop',
    'registry.test:port/shop',
    'regis try.test/shop',
    '-registry.test/shop',
    'user@registry.test/shop',
    'https://registry.test/shop',
    '[::1/shop',
    'Shop',
    'shop:',
    'shop:--help',
    'shop@sha256:c0ffee',
    'shop:latest;rm -rf',
    '',
    '@',
  ])('R26 R27 is not %j', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });
});
