import { describe, expect, it } from 'vitest';
import { imageIn, moves } from '../../../src/inventory/workflows/image-word.ts';

describe('an image as a step names it', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['ghcr.io/acme/payments:1.4', 'ghcr.io/acme/payments', '1.4'],
    ['app=ghcr.io/acme/payments:1.4', 'ghcr.io/acme/payments', '1.4'],
    ['--image=localhost:5000/payments:1', 'localhost:5000/payments', '1'],
    ['docker://ghcr.io/acme/payments:1.4', 'ghcr.io/acme/payments', '1.4'],
    ['${{ env.REGISTRY }}/payments:${{ github.sha }}', '${{ env.REGISTRY }}/payments', '${{ github.sha }}'],
    ['ghcr.io/acme/payments@sha256:c0ffee', 'ghcr.io/acme/payments', undefined],
    ['ghcr.io/acme/payments:1.4@${{ needs.build.outputs.digest }}', 'ghcr.io/acme/payments', undefined],
    ['https://payments.test:8443/health', undefined, undefined],
    ['deployment/payments', undefined, undefined],
    ['./chart', undefined, undefined],
    ['payments:1.4', undefined, undefined],
  ])('%s', (word, repository, tag) => {
    const image = imageIn(word);

    expect([image?.repository, image?.tag]).toEqual([repository, tag]);
  });
});

describe('a tag', () => {
  it.each(['latest', 'main', 'staging', 'prod', 'pilot', '${{ github.ref_name }}', '$GITHUB_REF_NAME'])('moves: %s', (tag) => {
    expect(moves(tag, ['pilot', 'production'])).toBe(true);
  });

  it.each(['1.4', 'v1.4-prod.3', '${{ github.sha }}', '${{ inputs.tag }}', '$TAG', 'sha-c0ffee'])('stays: %s', (tag) => {
    expect(moves(tag, ['pilot', 'production'])).toBe(false);
  });
});
