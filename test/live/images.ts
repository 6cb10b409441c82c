import { type Image, pushAttestation, pushImage, pushIndex } from './push-image.ts';
import type { Servers } from './servers.ts';

const COMMIT = {
  payments: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
  cart: 'ca47ca47ca47ca47ca47ca47ca47ca47ca47ca47',
  ledger: '1ed6e41ed6e41ed6e41ed6e41ed6e41ed6e41ed6',
  search: '5ea4c45ea4c45ea4c45ea4c45ea4c45ea4c45ea4',
  tariff: '7a41ff7a41ff7a41ff7a41ff7a41ff7a41ff7a41',
} as const;

/** The applications of the story. */
export type App = keyof typeof COMMIT;

const [OLD_BASE, NEW_BASE] = ['base 12.1', 'base 12.2'];
const [BUILT, REBUILT] = ['2024-03-02T09:00:00Z', '2024-03-02T14:00:00Z'];

function labelsOf(app: App): Record<string, string> {
  return { 'org.opencontainers.image.source': `https://git.example/harbour/${app}`, 'org.opencontainers.image.revision': COMMIT[app] };
}

function imageOf(app: App, changed: Partial<Image> = {}): Image {
  return { base: OLD_BASE, app: `${app} of ${COMMIT[app].slice(0, 7)}`, created: BUILT, labels: labelsOf(app), ...changed };
}

/** Every reference of the story, by digest; `tariff` has its tag moved already. */
export type Images = Awaited<ReturnType<typeof pushImages>>;

/** Pushes what CI built to the open registry, and what production takes to the guarded one. */
export async function pushImages({ registry, guarded }: Servers) {
  const push = async (host: string, repository: string, image: Image, tag?: string) =>
    `${host}/${repository}@${(await pushImage(host, repository, image, tag)).digest}`;
  const amd64 = await pushImage(registry, 'ci/ledger', imageOf('ledger'));
  const arm64 = await pushImage(registry, 'ci/ledger', imageOf('ledger', { architecture: 'arm64' }));
  const provenance = await pushAttestation(registry, 'ci/ledger', amd64);
  const hotfix: Image = { base: OLD_BASE, app: 'search, mended by hand', created: '2024-03-03T03:12:00Z' };
  return {
    payments: {
      tested: await push(registry, 'ci/payments', imageOf('payments'), '41'),
      rebuilt: await push(guarded, 'prod/payments', imageOf('payments', { base: NEW_BASE, created: REBUILT }), '57'),
    },
    cart: {
      tested: await push(registry, 'ci/cart', imageOf('cart', { form: 'docker' }), '12'),
      promoted: await push(guarded, 'prod/cart', imageOf('cart', { form: 'docker' }), '12'),
    },
    ledger: {
      index: `${registry}/ci/ledger@${await pushIndex(registry, 'ci/ledger', [amd64, arm64, provenance], '5')}`,
      platforms: { 'linux/amd64': amd64.digest, 'linux/arm64': arm64.digest },
      member: await push(guarded, 'prod/ledger', imageOf('ledger'), '5'),
    },
    search: {
      tested: await push(registry, 'ci/search', imageOf('search'), '8'),
      hotfix: await push(guarded, 'prod/search', hotfix, 'hotfix'),
    },
    tariff: {
      tested: await push(registry, 'ci/tariff', imageOf('tariff'), '3'),
      before: await push(guarded, 'prod/tariff', imageOf('tariff'), 'stable'),
      after: await push(guarded, 'prod/tariff', imageOf('tariff', { app: 'tariff, the next', created: REBUILT }), 'stable'),
    },
  };
}

/** The neutral records of every build and of the end-to-end tests, as JSON Lines; nobody recorded the hotfix. */
export function recordsOf({ payments, cart, ledger, search, tariff }: Images): string {
  const tested = (app: App, run: string, reference: string, more: object = {}) => [
    record('build', app, reference, { at: BUILT, run: runOf(app, run), ...more }),
    record('test', app, reference, { at: '2024-03-02T09:20:00Z', startedAt: '2024-03-02T09:10:00Z', gate: 'e2e', result: 'passed' }),
  ];
  return [
    ...tested('payments', '41', payments.tested),
    record('build', 'payments', payments.rebuilt, { at: REBUILT, run: runOf('payments', '57') }),
    ...tested('cart', '12', cart.tested),
    ...tested('ledger', '5', ledger.index, { platforms: ledger.platforms }),
    ...tested('search', '8', search.tested),
    ...tested('tariff', '3', tariff.tested),
    record('build', 'tariff', tariff.after, { at: REBUILT, run: runOf('tariff', '4') }),
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

function runOf(app: App, id: string): object {
  return { platform: 'github-actions', repository: `harbour/${app}`, id };
}

function record(kind: 'build' | 'test', app: App, reference: string, more: object): object {
  const [image = '', digest = ''] = reference.split('@');
  return { schema: 'selfsame/record/v1', kind, image, digest, repository: `harbour/${app}`, commit: COMMIT[app], ...more };
}
