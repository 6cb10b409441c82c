import { describe, expect, it } from 'vitest';
import { rawKeeper } from '../../src/clients/keep-raw.ts';
import { sha256 } from '../../src/domain/identify.ts';
import { openEdge } from '../fakes/edge.ts';

describe('a document', () => {
  it('of eight mebibytes in one word is not kept, and stops nobody', () => {
    expect(rawKeeper(openEdge())(Buffer.from(JSON.stringify({ payload: 'eyJ'.padEnd(8 << 20, 'A') })))).toBeUndefined();
  });

  const keep = rawKeeper(openEdge());

  it('is kept where nothing in it looks like a credential', () => {
    const statement = Buffer.from('{"predicate":{"buildDefinition":{"externalParameters":{"ref":"refs/heads/main"}}}}');

    expect(keep(statement)).toBe(`sha256:${sha256(statement)}`);
  });

  it.each([
    ['in plain sight', '{"predicate":{"args":{"build-arg:TEA_TOKEN":"darjeeling"}}}'],
    ['within its payload', JSON.stringify({ payload: Buffer.from('{"args":{"TEA_TOKEN":"darjeeling"}}').toString('base64') })],
    ['in words that stand a line each', JSON.stringify({ args: ['brew', '--password', 'darjeeling'] }, undefined, 2)],
    ['a line below its name', '{"password":\n  "darjeeling"}'],
    [
      'within a payload that is written with escapes',
      JSON.stringify({ payload: Buffer.from('{"TEA_TOKEN":"darjeeling"}').toString('base64') }).replace('payload', '\\u0070ayload'),
    ],
  ])('is not kept with a credential %s', (_, text) => {
    expect(keep(Buffer.from(text))).toBeUndefined();
  });
});
