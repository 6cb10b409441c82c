import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { collect } from '../../src/collect/collect.ts';
import { Digest } from '../../src/domain/digest.ts';
import { sha256 } from '../../src/domain/identify.ts';
import type { Observation } from '../../src/domain/observation.ts';
import records from '../../src/sources/records.ts';
import { openEdge } from '../fakes/edge.ts';

const A = Digest.parse(`sha256:${sha256('payments@A')}`);
const B = Digest.parse(`sha256:${sha256('payments@B')}`);
const NOW = '2026-03-02T12:00:00.000Z';
const run = { platform: 'gitlab-ci', id: '57', repository: 'acme/payments' };
const line = (kind: string, fields: object) => ({
  schema: 'selfsame/record/v1',
  kind,
  digest: A,
  at: '2026-03-02T09:00:00Z',
  run,
  ...fields,
});
const approve = (fields: object = {}) => line('approve', { environment: 'prod', by: 'grace', requestedBy: 'ada', ...fields });

/** What the source tells, through the collector, where digest A is wanted. */
async function told(lines: readonly (object | string)[], config: object = {}): Promise<readonly Observation[]> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-moves-')), 'records.jsonl');
  writeFileSync(file, lines.map((one) => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join(''));
  const named = { name: 'ci', source: records, config: records.config.parse({ files: [file], ...config }) };
  const wanted = { digests: [{ digest: A, seenIn: [] }], tags: [], commits: [], lines: [] };
  const seen = await collect([named], () => wanted, openEdge({ now: NOW }));
  return seen.filter(({ kind }) => kind !== 'expected');
}

const outline = (seen: readonly Observation[]) => seen.map((one) => ('of' in one ? `${one.kind} ${one.of}` : one.kind));

describe('a neutral line', () => {
  it('of an approval tells who gave it, who asked for it, for what and when', async () => {
    const [approval] = await told([approve()]);

    expect(approval).toMatchObject({
      kind: 'approval',
      at: '2026-03-02T09:00:00Z',
      environment: 'prod',
      state: 'approved',
      by: 'grace',
      requestedBy: ['ada'],
      subject: { digest: A },
      run: { id: '57', attempt: 1 },
      repository: 'acme/payments',
      trust: 'recorded',
    });
  });

  it('of a rejection is no approval, and who asked for it may be left out', async () => {
    const [rejection] = await told([approve({ state: 'rejected', requestedBy: undefined })]);

    expect(rejection).toMatchObject({ kind: 'approval', state: 'rejected', requestedBy: [] });
  });

  it.each([
    ['deploy', { environment: 'prod' }],
    ['promote', { from: 'staging', to: 'prod' }],
  ])('of the kind %s is a deployment that succeeded', async (kind, fields) => {
    const [deployment] = await told([line(kind, { ...fields, by: 'grace', repository: 'https://gitlab.com/acme/shop.git' })]);

    expect(deployment).toMatchObject({
      kind: 'deployment',
      environment: 'prod',
      result: 'succeeded',
      by: 'grace',
      repository: 'acme/shop',
      subject: { digest: A },
    });
  });

  it('of another digest is not told', async () => {
    expect(outline(await told([approve({ digest: B })]))).toEqual(['coverage build', 'coverage test']);
  });
});

describe('files that hold every approval', () => {
  const holding = { holds: ['approval'] };

  it('vouch for approvals, and for nothing else', async () => {
    expect(outline(await told([approve()], holding))).toEqual(['approval', 'coverage approval']);
  });

  it.each([
    ['names nobody who gave it', approve({ by: undefined })],
    ['names no environment', approve({ environment: undefined })],
    ['names a digest that is none, and so may be of anything', approve({ digest: 'latest' })],
    ['is of the future', approve({ at: '2026-03-02T12:30:00Z' })],
    ['is no object', 'approved'],
  ])('vouch for nothing where a line %s', async (_, broken) => {
    expect(outline(await told([broken], holding))).toEqual(['gap approval']);
  });

  it('vouch for approvals all the same where it is a test that cannot be read', async () => {
    const broken = line('test', { gate: 'e2e' });

    expect(outline(await told([broken], holding))).toEqual(['gap test', 'coverage approval']);
  });
});

describe('files of which nobody says that they hold every approval', () => {
  it('leave builds and tests covered where an approval cannot be read', async () => {
    expect(outline(await told([approve({ by: undefined })]))).toEqual(['gap approval', 'coverage build', 'coverage test']);
  });
});
