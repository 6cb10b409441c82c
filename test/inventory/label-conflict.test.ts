import { Observation } from 'selfsame';
import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { judgeAll, rewritten } from '../decisions/outcome.ts';

const COMMIT = 'c0ffee11c0ffee22c0ffee33c0ffee44c0ffee55';
const signed = scenario()
  .at('08:00')
  .heldBase('X')
  .at('09:00')
  .built('payments@A', { run: '41', commit: COMMIT, trust: 'verified' })
  .at('14:00')
  .deployed('payments@A', 'production/payments-api');

/** What is found where the image has these labels, and its base those. */
function found(labels: Readonly<Record<string, string>>, ofBase: Readonly<Record<string, string>> = {}): readonly string[] {
  const given = rewritten(signed, (seen) =>
    seen.kind === 'config' ? [Observation.parse({ ...seen, labels: seen.diffIds.length > 1 ? labels : ofBase })] : [seen],
  );
  const findings = judgeAll(given).findings.filter(({ rule }) => rule === 'conflicting-records');
  return findings.map(({ facts }) => facts.second ?? '');
}

const source = (value: string) => ({ 'org.opencontainers.image.source': value });
const revision = (value: string) => ({ 'org.opencontainers.image.revision': value });

describe('labels beside signed provenance', () => {
  it('contradict it with another repository, another commit, or both', () => {
    expect(found(source('https://github.com/mallory/payments'))).toEqual(['https://github.com/mallory/payments']);
    expect(found(revision('decaf0'))).toEqual(['decaf0']);
    expect(found(source('github.com/mallory/payments#main'))).toEqual(['github.com/mallory/payments#main']);
    expect(found(revision('1'.repeat(40)))).toEqual(['1'.repeat(40)]);
    expect(found({ ...source('mallory/payments'), ...revision('decaf0') })).toEqual(['mallory/payments at decaf0']);
  });

  it.each([
    ['the same repository in another way', source('https://github.com/Acme/Payments.git')],
    ['a folder of it', source('https://github.com/acme/payments/tree/main/api')],
    ['the first letters of its commit', revision('C0FFEE11')],
    ['a version in place of a commit', revision('v1.4.2')],
    ['a date in place of a commit', revision('20261125')],
    ['the number of a run in place of a commit', revision('0001234')],
    ['nothing, since a build argument was not set', { ...source(''), ...revision('') }],
    ['the repository without its owner', source('payments')],
    ['it without a scheme', source('github.com/acme/payments')],
    ['it with a commit behind it', source('https://github.com/acme/payments.git#c0ffee')],
    ['it as a build context', source('git+https://github.com/acme/payments.git#main')],
    ['it with a query', source('https://github.com/acme/payments?ref=release')],
  ])('agree with it where they name %s', (_, labels) => {
    expect(found(labels)).toEqual([]);
  });

  it('say nothing of it where they are those of its base', () => {
    const labels = { ...source('https://github.com/nodejs/docker-node'), ...revision('decaf0') };

    expect(found(labels, labels)).toEqual([]);
  });
});
