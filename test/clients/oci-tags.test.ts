import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { DOCKER_MANIFEST, type FakeRegistry, lookUp, OCI_INDEX, sendJson, startRegistry } from '../fakes/registry.ts';

let registry: FakeRegistry;
let index: string;

beforeEach(async () => {
  registry = await startRegistry();
  index = registry.index('tea/shop', [], 'spring').digest;
});
afterEach(() => registry.stop());

const ofKind = <K extends Seen['kind']>(facts: readonly Seen[], kind: K) =>
  facts.filter((fact): fact is Extract<Seen, { kind: K }> => fact.kind === kind);

describe('a tag', () => {
  it('is resolved by a HEAD that accepts everything', async () => {
    const facts = await lookUp(registry, { tags: ['tea/shop:spring'] });

    expect(ofKind(facts, 'tag')).toMatchObject([
      { image: { registry: registry.host, repository: 'tea/shop', tag: 'spring' }, digest: index },
    ]);
    expect(registry.requests).toMatchObject([{ method: 'HEAD', headers: { accept: expect.stringContaining(DOCKER_MANIFEST) } }]);
    expect(registry.requests[0]?.headers.accept?.split(', ')).toHaveLength(4);
  });

  it('is not said to move, nor to stay: the distribution spec does not tell', async () => {
    const facts = await lookUp(registry, { tags: ['tea/shop:spring'] });

    expect(ofKind(facts, 'tag').map(({ immutable }) => immutable)).toEqual([undefined]);
  });

  it('R02 of a registry that names no digest, or one that is none, is what its bytes hash to', async () => {
    registry.reply((request, response) => {
      response.setHeader('docker-content-digest', `sha256:${'AB'.repeat(32)}`);
      if (request.method === 'HEAD') return sendJson(response, 200, {}, { 'content-type': OCI_INDEX });
      const writeHead = response.writeHead.bind(response);
      response.writeHead = ((status: number, headers: Record<string, string>) =>
        writeHead(status, { ...headers, 'docker-content-digest': `sha256:${'ee'.repeat(32)}` })) as typeof response.writeHead;
      return false;
    });

    const facts = await lookUp(registry, { tags: ['tea/shop:spring'] });

    expect(ofKind(facts, 'tag')).toMatchObject([{ digest: index }]);
  });

  it('that is gone is a gap in tags, and says nothing about contents', async () => {
    const facts = await lookUp(registry, { tags: ['tea/shop:autumn'] });

    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'tag', because: 'not-found', scope: { repository: 'tea/shop' } }]);
    expect(ofKind(facts, 'coverage').map(({ of }) => of)).toEqual(['content']);
  });
});
