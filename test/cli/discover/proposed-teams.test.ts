import { describe, expect, it } from 'vitest';
import { proposedTeams } from '../../../src/cli/discover/proposed-teams.ts';
import type { Cluster } from '../../../src/cli/discover/read-clusters.ts';

function cluster(labels: Readonly<Record<string, readonly string[]>>, lines: readonly string[] = []): Cluster {
  const context = { name: 'harbour', namespace: undefined, server: 'https://harbour.test', isCurrent: false };
  const ours = new Map(lines.map((line) => [line, 1]));
  return { context, namespaces: [], ours, thirdParty: new Map(), labels: new Map(Object.entries(labels)) };
}

describe('proposed teams', () => {
  it('are told by the surest label that is in use, over all clusters', () => {
    const clusters = [cluster({ owner: ['quay'], 'app.kubernetes.io/part-of': ['shop'] }), cluster({ owner: ['payments', 'quay'] })];

    expect(proposedTeams(clusters, undefined)).toEqual([
      { name: 'payments', labels: { owner: 'payments' } },
      { name: 'quay', labels: { owner: 'quay' } },
    ]);
    expect(proposedTeams([cluster({ 'app.kubernetes.io/part-of': ['shop'] })], undefined)).toEqual([
      { name: 'shop', labels: { 'app.kubernetes.io/part-of': 'shop' } },
    ]);
  });

  it('are told by CODEOWNERS: of images that are called as the repository, and of its files', () => {
    const lines = ['ghcr.io/acme/payments', 'ghcr.io/acme/payments/api', 'ghcr.io/acme/payments-eu', 'ghcr.io/acme/cart'];
    const files = [{ path: '.github/workflows/ci.yml', owner: '@acme/release' }];

    const teams = proposedTeams([cluster({}, lines)], { repository: 'Acme/Payments', image: '@acme/payments', files });

    expect(teams).toEqual([
      { name: 'payments', images: ['ghcr.io/acme/payments', 'ghcr.io/acme/payments/api'], contact: '@acme/payments' },
      { name: 'release', where: ['file:Acme/Payments/.github/workflows/ci.yml'], contact: '@acme/release' },
    ]);
  });

  it('are one where a label and CODEOWNERS call them alike', () => {
    const files = [{ path: '.github/workflows/ci.yml', owner: '@acme/payments' }];

    const teams = proposedTeams([cluster({ team: ['payments'] })], { repository: 'acme/payments', files });

    expect(teams).toEqual([
      {
        name: 'payments',
        labels: { team: 'payments' },
        where: ['file:acme/payments/.github/workflows/ci.yml'],
        contact: '@acme/payments',
      },
    ]);
  });

  it('keep apart who would be called alike', () => {
    const files = ['@acme/payments', '@quay/payments'].map((owner, at) => ({ path: `${at}.yml`, owner }));

    const teams = proposedTeams([], { repository: 'acme/payments', files });

    expect(teams.map(({ name, where }) => [name, where])).toEqual([
      ['payments', ['file:acme/payments/0.yml']],
      ['@quay/payments', ['file:acme/payments/1.yml']],
    ]);
  });

  it('are none where nobody is named', () => {
    expect(
      proposedTeams([cluster({ team: [] }, ['ghcr.io/acme/cart'])], { repository: 'acme/payments', image: '@acme/pay', files: [] }),
    ).toEqual([]);
  });
});
