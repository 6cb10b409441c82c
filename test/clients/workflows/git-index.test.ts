import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexedIn } from '../../../src/clients/workflows/git-index.ts';
import { gitIndexOf } from '../../fakes/git-index.ts';

const FILES = { '.github/workflows/ci.yml': 'on: push\n', '.github/workflows/release.yml': 'on: release\n', Dockerfile: 'FROM alpine\n' };
/** What `printf 'FROM alpine\\n' | git hash-object --stdin` prints. */
const DOCKERFILE = '67fd379018917c5fe846c21ad7826309a7e86284';

describe('what git notes of a checkout', () => {
  it.each([2, 4] as const)('is read in version %i', (version) => {
    const noted = indexedIn(gitIndexOf(FILES, version), 20, () => true);

    expect([...(noted?.keys() ?? [])]).toEqual(Object.keys(FILES));
    expect(noted?.get('Dockerfile')).toBe(DOCKERFILE);
  });

  it('is read of the files that are wanted alone', () => {
    const noted = indexedIn(gitIndexOf(FILES), 20, (file) => file === 'Dockerfile');

    expect([...(noted ?? [])]).toEqual([['Dockerfile', DOCKERFILE]]);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no index', Buffer.from('no index at all')],
    ['a version that is not known', Buffer.concat([Buffer.from('DIRC'), Buffer.from([0, 0, 0, 9]), Buffer.alloc(40)])],
    ['cut short', gitIndexOf(FILES).subarray(0, 200)],
    ['one of two parts', Buffer.concat([gitIndexOf(FILES).subarray(0, -20), Buffer.from('link'), Buffer.alloc(40)])],
  ])('says nothing where it is %s', (_, index) => {
    expect(indexedIn(index, 20, () => true)).toBeUndefined();
  });

  it('is never thrown, whatever the bytes are', () => {
    const whole = gitIndexOf(FILES, 4);

    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(whole.length), (noise, at) => {
        const index = Buffer.concat([whole.subarray(0, at), noise, whole.subarray(at + noise.length)]);

        expect(() => indexedIn(index, 20, () => true)).not.toThrow();
      }),
    );
  });
});
