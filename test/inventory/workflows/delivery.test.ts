import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../../src/inventory/ledger.ts';

const CALLER = `on: push
jobs:
  release:
    uses: ./.github/workflows/image.yml
    with: { environment: production }
`;
const CALLED = `on: { workflow_call: { inputs: { environment: { type: string } } } }
jobs:
  image:
    steps:
      - uses: ./.github/actions/build
        with: { environment: "\${{ inputs.environment }}" }
`;
const ACTION = `name: build
inputs: { environment: { default: staging } }
runs:
  using: composite
  steps:
    - uses: docker/build-push-action@v6
      with: { push: true, tags: ghcr.io/acme/payments:1, build-args: "APP_ENV=\${{ inputs.environment }}" }
`;

function opened(files: Readonly<Record<string, string>>) {
  const given = Object.entries(files).reduce((so, [path, text]) => so.wrote(path, text), scenario().at('09:00'));
  return openLedger(given.recordings(), given.plan()).workflows;
}

describe('what a job calls', () => {
  it('is read with what was handed to it, and stands where it is called', () => {
    const workflows = opened({
      '.github/workflows/release.yml': CALLER,
      '.github/workflows/image.yml': CALLED,
      '.github/actions/build/action.yml': ACTION,
    });

    const told = workflows.jobs.map((job) => ({ where: job.where, builds: workflows.shippedBy(job) }));

    expect(told).toMatchObject([
      {
        where: 'file:acme/payments/.github/workflows/release.yml#release',
        builds: {
          known: true,
          value: [{ line: 3, repositories: ['ghcr.io/acme/payments'], arguments: [{ name: 'APP_ENV', value: 'production' }] }],
        },
      },
    ]);
  });

  it('keeps it open what a job does, where it was not read', () => {
    const workflows = opened({ '.github/workflows/release.yml': CALLER });

    const told = workflows.jobs.map((job) => workflows.shippedBy(job));

    expect(told).toEqual([{ known: false, because: 'calls-what-was-not-read' }]);
  });

  it('is read of another repository as it is called: at that tag, and no other', () => {
    const image = (tag: string) =>
      `on: workflow_call\njobs:\n  image:\n    steps: [{ uses: docker/build-push-action@v6, with: { push: true, tags: "ghcr.io/acme/payments:${tag}" } }]\n`;
    const call = 'acme/workflows/.github/workflows/image.yml';
    const given = scenario()
      .at('09:00')
      .wrote('.github/workflows/image.yml', image('old'), { repository: 'acme/workflows', ref: 'v2' })
      .wrote('.github/workflows/image.yml', image('new'), { repository: 'acme/workflows', ref: 'v3' })
      .wrote('.github/workflows/release.yml', `on: push\njobs:\n  a: { uses: ${call}@v3 }\n  b: { uses: ${call}@v4 }\n`);
    const { workflows } = openLedger(given.recordings(), given.plan());

    const told = workflows.jobs.map((job) => [job.where, workflows.shippedBy(job)]);

    expect(told).toMatchObject([
      ['file:acme/payments/.github/workflows/release.yml#a', { known: true, value: [{ repositories: ['ghcr.io/acme/payments'] }] }],
      ['file:acme/payments/.github/workflows/release.yml#b', { known: false, because: 'calls-what-was-not-read' }],
    ]);
  });

  it.each([
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
  ])('is set by nobody where it is called what every object has: %s', (name) => {
    const workflows = opened({
      '.github/workflows/a.yml': `on: push
jobs:
  ${name}:
    environment: "\${{ matrix.${name} }}"
    steps:
      - { if: inputs.${name}, run: "echo $${name} \${${name}} \${{ inputs.${name} }} \${{ env.${name} }}" }
      - { uses: docker/build-push-action@v6, with: { push: true, tags: "ghcr.io/acme/payments:\${{ env.${name} }}" } }
`,
    });

    const told = workflows.jobs.map((job) => ({ targets: job.targets, builds: workflows.shippedBy(job) }));

    expect(told).toMatchObject([{ targets: [], builds: { known: true, value: [{ repositories: ['ghcr.io/acme/payments'] }] } }]);
  });

  it('is followed so far only, where workflows that mean harm call each other', () => {
    const calls = (next: string) =>
      `on: { workflow_call: {} }\njobs:\n${Array.from({ length: 40 }, (_, nth) => `  j${nth}: { uses: ./.github/workflows/${next}.yml }\n`).join('')}`;
    const started = performance.now();

    const workflows = opened({
      '.github/workflows/a.yml': `on: push\njobs:\n  start: { uses: ./.github/workflows/b.yml }\n`,
      '.github/workflows/b.yml': calls('c'),
      '.github/workflows/c.yml': calls('b'),
    });
    const told = workflows.jobs.map((job) => workflows.shippedBy(job));

    expect(told).toEqual([{ known: false, because: 'calls-what-was-not-read' }]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('what a job is for', () => {
  const targetsOf = (job: string, on = 'push') =>
    opened({ '.github/workflows/ci.yml': `on: ${on}\njobs:\n${job}` }).jobs.map(({ targets }) => targets)[0];

  it.each<[string, string, object[]]>([
    ['its environment', '  ship: { environment: production, steps: [] }\n', [{ environment: 'production', isLast: true }]],
    ['its own name', '  deploy-prod: { steps: [] }\n', [{ environment: 'prod', isLast: true }]],
    [
      'its matrix',
      '  ship: { strategy: { matrix: { to: [qa, live] } }, steps: [] }\n',
      [
        { environment: 'qa', isLast: false },
        { environment: 'live', isLast: true },
      ],
    ],
    [
      'the axis that its environment names',
      '  ship: { environment: "${{ matrix.to }}", strategy: { matrix: { to: [staging, production] } }, steps: [] }\n',
      [
        { environment: 'staging', isLast: false },
        { environment: 'production', isLast: true },
      ],
    ],
    ['nothing', '  build: { steps: [] }\n', []],
  ])('is told by %s', (_, job, targets) => {
    expect(targetsOf(job)).toEqual(targets);
  });

  it('is told by the choices of an input', () => {
    const on = '{ workflow_dispatch: { inputs: { to: { type: choice, options: [staging, production] } } } }';

    const targets = targetsOf('  ship: { environment: "${{ inputs.to }}", steps: [] }\n', on);

    expect(targets).toEqual([
      { environment: 'staging', isLast: false },
      { environment: 'production', isLast: true },
    ]);
  });
});
