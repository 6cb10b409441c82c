import { describe, expect, it } from 'vitest';
import { digestIn } from '../../../src/clients/kubernetes/image-id.ts';

const HEX = 'c78a09e21ae97ea76452159244c81797ee6a1ebeb3c11f46c58c77cdc7061879';

describe('what a node reports as the image id', () => {
  it.each([
    ['containerd, pulled by tag or digest', `registry.example/payments@sha256:${HEX}`, `sha256:${HEX}`, 'unknown'],
    ['containerd, imported or its name removed', `sha256:${HEX}`, `sha256:${HEX}`, 'config'],
    ['kind, loaded', `docker.io/library/import-2026-11-23@sha256:${HEX}`, `sha256:${HEX}`, 'unknown'],
    ['CRI-O', `registry.example:5000/acme/search@sha256:${HEX}`, `sha256:${HEX}`, 'unknown'],
    ['CRI-O 1.28.0, or after its restart', HEX, `sha256:${HEX}`, 'config'],
    ['CRI-O with a scheme', `cri-o://sha256:${HEX}`, `sha256:${HEX}`, 'config'],
    ['Docker, pulled', `docker-pullable://acme/search@sha256:${HEX}`, `sha256:${HEX}`, 'unknown'],
    ['Docker, built on the node, with either store', `docker://sha256:${HEX}`, `sha256:${HEX}`, 'unknown'],
    ['a digest in capitals', `registry.example/payments@SHA256:${HEX.toUpperCase()}`, `sha256:${HEX}`, 'unknown'],
    ['SHA-512', `registry.example/payments@sha512:${HEX}${HEX}`, `sha512:${HEX}${HEX}`, 'unknown'],
    ['an algorithm nobody knows', 'registry.example/payments@blake3:Ab_9', 'blake3:Ab_9', 'unknown'],
    ['nothing yet', '', undefined, 'unknown'],
    ['a name without a digest', 'docker://acme/search:1.0.0', undefined, 'unknown'],
    ['a digest cut short', 'registry.example/payments@sha256:c78a', undefined, 'unknown'],
  ])('is read from %s', (_, imageId, digest, digestRole) => {
    const found = digestIn(imageId);

    expect(found).toEqual({ digest, digestRole });
  });
});
