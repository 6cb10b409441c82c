import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Seen } from '../../src/collect/define-source.ts';
import { DOCKER_MANIFEST, digestOf, type FakeRegistry, lookUp, OCI_INDEX, sendJson, startRegistry } from '../fakes/registry.ts';

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
  it('is resolved by a HEAD that accepts everything, where it names what was read', async () => {
    const facts = await lookUp(registry, { tags: ['tea/shop:spring'], digests: { [index]: ['tea/shop'] } });

    expect(ofKind(facts, 'tag')).toMatchObject([
      { image: { registry: registry.host, repository: 'tea/shop', tag: 'spring' }, digest: index },
    ]);
    const asked = registry.requests.filter(({ path }) => path.endsWith('/spring'));
    expect(asked).toMatchObject([{ method: 'HEAD', headers: { accept: expect.stringContaining(DOCKER_MANIFEST) } }]);
    expect(asked[0]?.headers.accept?.split(', ')).toHaveLength(4);
  });

  it('is resolved by its bytes, where it names what was not read', async () => {
    const facts = await lookUp(registry, { tags: ['tea/shop:spring'] });

    expect(ofKind(facts, 'tag')).toMatchObject([{ digest: index, locator: `http://${registry.host}/v2/tea/shop/manifests/spring` }]);
    expect(registry.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  });

  it('R02 whose header lies is what its bytes hash to, and both are told', async () => {
    const lie = digestOf('lie');
    registry.reply((request, response) => {
      if (request.method !== 'HEAD') return false;
      response.writeHead(200, { 'content-type': OCI_INDEX, 'docker-content-digest': lie }).end();
      return true;
    });

    const facts = await lookUp(registry, { tags: ['tea/shop:spring'], digests: { [lie]: ['tea/shop'] } });

    expect(ofKind(facts, 'tag')).toMatchObject([{ digest: index, locator: expect.stringContaining(`a header named ${lie}`) }]);
  });

  it('R02 is a gap where neither its header nor its bytes can be believed', async () => {
    registry.reply((request, response) => {
      response.writeHead(200, { 'content-type': OCI_INDEX, 'docker-content-digest': digestOf('lie') });
      response.end();
      return request.method !== '';
    });

    const facts = await lookUp(registry, { tags: ['tea/shop:spring'] });

    expect(ofKind(facts, 'tag')).toEqual([]);
    expect(ofKind(facts, 'gap')).toMatchObject([{ of: 'tag', because: 'malformed' }]);
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
