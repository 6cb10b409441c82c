import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWorkflow } from '../../../src/clients/workflows/read-workflow.ts';

const FILE = { repository: 'acme/payments', commit: 'c0ffee', path: '.github/workflows/release.yml' };

function read(text: string, path = FILE.path) {
  return readWorkflow(text, { ...FILE, path });
}

/** One job of one step, the rest of the file being as short as it may be. */
function stepOf(...lines: readonly string[]) {
  const { fact, mistakes } = read(['on: push', 'jobs:', '  image:', '    steps:', ...lines.map((line) => `      ${line}`)].join('\n'));
  expect(mistakes).toEqual([]);
  return fact?.jobs[0]?.steps?.[0];
}

const RELEASE = `name: Release payments
on:
  push:
    branches: [main, 'release/**']
    tags-ignore: [nightly]
  workflow_dispatch:
    inputs:
      image: { description: what to deploy }
      environment: { type: choice, options: [staging, production], default: staging }
  schedule:
    - cron: '0 4 * * *'
env: { REGION: eu-west-1 }
jobs:
  build:
    runs-on: ubuntu-24.04
    outputs: { digest: "\${{ steps.push.outputs.digest }}" }
    steps:
      - uses: actions/checkout@v5
      - id: push
        name: Build and push
        uses: docker/build-push-action@v6
        with:
          push: true
          build-args: |
            NODE_ENV=production
  deploy:
    needs: build
    if: github.ref == 'refs/heads/main'
    environment:
      name: production
      url: https://payments.acme.test
    strategy:
      matrix:
        region: [eu, us]
    steps:
      - run: kubectl set image deploy/payments app=ghcr.io/acme/payments@\${{ needs.build.outputs.digest }}
  verify:
    needs: [build, deploy]
    uses: ./.github/workflows/verify.yml
    with: { environment: production }
`;

describe('a workflow', () => {
  it('is read with the line of every job, step, trigger and input', () => {
    const { fact, mistakes } = read(RELEASE);

    expect(mistakes).toEqual([]);
    expect(fact).toMatchObject({
      ...FILE,
      kind: 'workflow-file',
      is: 'workflow',
      name: 'Release payments',
      env: { REGION: 'eu-west-1' },
      triggers: [
        { event: 'push', branches: ['main', 'release/**'], tags: ['**', '!nightly'], line: 3 },
        { event: 'workflow_dispatch', line: 6 },
        { event: 'schedule', line: 10 },
      ],
      inputs: [
        { event: 'workflow_dispatch', name: 'image', line: 8, options: [] },
        { name: 'environment', line: 9, type: 'choice', options: ['staging', 'production'], default: 'staging' },
      ],
    });
    expect(fact?.jobs).toMatchObject([
      {
        id: 'build',
        line: 14,
        outputs: { digest: '${{ steps.push.outputs.digest }}' },
        steps: [
          { line: 18, uses: 'actions/checkout@v5' },
          { line: 19, id: 'push', name: 'Build and push', with: { push: 'true', 'build-args': 'NODE_ENV=production\n' } },
        ],
      },
      {
        id: 'deploy',
        line: 26,
        needs: ['build'],
        if: "github.ref == 'refs/heads/main'",
        environment: { name: 'production', line: 29, deployment: true },
        matrix: { region: ['eu', 'us'] },
        steps: [{ line: 36, run: 'kubectl set image deploy/payments app=ghcr.io/acme/payments@${{ needs.build.outputs.digest }}' }],
      },
      { id: 'verify', needs: ['build', 'deploy'], uses: './.github/workflows/verify.yml', with: { environment: 'production' }, steps: [] },
    ]);
  });

  it.each([
    ['one', 'on: push', ['push']],
    ['several', 'on: [push, pull_request]', ['push', 'pull_request']],
    ['one without a word more', 'on:\n  workflow_dispatch:', ['workflow_dispatch']],
  ])('may be started by events in every form: %s', (_, on, events) => {
    const { fact } = read(`${on}\njobs: { test: { steps: [] } }`);

    expect(fact?.triggers.map(({ event }) => event)).toEqual(events);
  });

  it.each([
    ['axes', 'env: [staging, production]', { env: ['staging', 'production'] }, false],
    [
      'values that are maps',
      'target: [{ env: staging, region: eu }, { env: production }]',
      { 'target.env': ['staging', 'production'], 'target.region': ['eu'] },
      false,
    ],
    [
      'what is included',
      'env: [staging], include: [{ env: production, size: large }]',
      { env: ['staging', 'production'], size: ['large'] },
      false,
    ],
    [
      'what is excluded',
      'env: [dev, prod], region: [eu, us], exclude: [{ env: dev }, { env: prod, region: us }]',
      { env: ['prod'], region: ['eu', 'us'] },
      false,
    ],
    [
      'an axis that an expression makes',
      'env: "${{ fromJSON(inputs.environments) }}"',
      { env: ['${{ fromJSON(inputs.environments) }}'] },
      true,
    ],
  ])('has a matrix of %s', (_, axes, matrix, matrixIsComputed) => {
    const { fact, mistakes } = read(`on: push\njobs: { deploy: { strategy: { matrix: { ${axes} } } } }`);

    expect(mistakes).toEqual([]);
    expect(fact?.jobs[0]).toMatchObject({ matrix, matrixIsComputed });
  });

  it.each([
    '{ matrix: "${{ fromJSON(needs.plan.outputs.matrix) }}" }',
    '"${{ fromJSON(needs.plan.outputs.strategy) }}"',
    '{ matrix: { include: "${{ fromJSON(needs.plan.outputs.jobs) }}" } }',
  ])('says that its matrix is computed where an expression makes all of it: %s', (strategy) => {
    const { fact, mistakes } = read(`on: push\njobs: { deploy: { strategy: ${strategy} } }`);

    expect({ mistakes, job: fact?.jobs[0] }).toMatchObject({ mistakes: [], job: { matrix: {}, matrixIsComputed: true } });
  });

  it('runs its scripts in the folder that the step says, else the job, else the workflow', () => {
    const { fact, mistakes } = read(
      'on: push\ndefaults: { run: { working-directory: apps } }\njobs:\n  a:\n    defaults: { run: { working-directory: api } }\n    steps: [{ run: make, working-directory: web }, { run: make }, { uses: a/b@v1 }]\n  b: { steps: [{ run: make }] }\n',
    );

    expect(mistakes).toEqual([]);
    expect(fact?.jobs.flatMap(({ steps = [] }) => steps.map(({ folder }) => folder))).toEqual(['web', 'api', undefined, 'apps']);
  });

  it('may have variables that an expression sets as a whole', () => {
    expect(stepOf('- run: make', '  env: "${{ matrix.variables }}"')).toMatchObject({ env: { '*': '${{ matrix.variables }}' } });
  });

  it('takes the secrets of an environment without a deployment where it says so', () => {
    const { fact } = read(
      'on: push\njobs: { plan: { environment: { name: production, deployment: false } }, deploy: { environment: qa } }',
    );

    expect(fact?.jobs.map(({ environment }) => environment)).toEqual([
      { name: 'production', line: 2, deployment: false },
      { name: 'qa', line: 2 },
    ]);
  });

  it('may repeat itself by aliases', () => {
    const { fact } = read('on: push\njobs:\n  a: &job { steps: [&step { run: make image }, *step] }\n  b: *job');

    expect(fact?.jobs.map(({ id, line, steps }) => `${id}:${line} ${steps?.length}`)).toEqual(['a:3 2', 'b:4 2']);
  });
});

describe('a repository among the fixtures', () => {
  const files = globSync('fixtures/workflows/*/.github/**/*.y*ml');

  it.each(files)('is read whole: %s', (file) => {
    const path = file.split('/').slice(3).join('/');

    const { fact, mistakes } = read(readFileSync(file, 'utf8'), path);

    expect(mistakes).toEqual([]);
    expect(fact?.jobs.length).toBeGreaterThan(0);
  });
});

describe('an action of the repository', () => {
  it('is its steps, where it is composite', () => {
    const text =
      'name: Push\ninputs:\n  image: { default: payments }\noutputs:\n  digest: { value: "${{ steps.push.outputs.digest }}" }\nruns:\n  using: composite\n  steps:\n    - run: docker push $IMAGE\n      shell: bash\n';

    const { fact, mistakes } = read(text, '.github/actions/push/action.yml');

    expect(mistakes).toEqual([]);
    expect(fact).toMatchObject({
      is: 'action',
      name: 'Push',
      triggers: [],
      inputs: [{ event: 'action', name: 'image', line: 3, default: 'payments' }],
      jobs: [{ line: 6, outputs: { digest: '${{ steps.push.outputs.digest }}' }, steps: [{ line: 9, run: 'docker push $IMAGE' }] }],
    });
  });

  it('has no steps, where its doing stands in code', () => {
    const { fact, mistakes } = read('runs: { using: node24, main: index.js }', 'tools/notify/action.yaml');

    expect({ mistakes, jobs: fact?.jobs }).toEqual({ mistakes: [], jobs: [] });
  });
});

describe('a secret in a workflow', () => {
  it.each([
    ['by the name of a setting', '- uses: a/b@v1', '  with: { password: hunter2-canary }'],
    ['by the name of a variable', '- run: make', '  env: { API_TOKEN: canary-90a1 }'],
    ['by its form', '- run: echo ghp_canarycanarycanarycanary12'],
    ['behind a flag', '- run: docker login -u ada --password canary-90a1 ghcr.io'],
    ['in an address', '- run: git clone https://ada:canary-90a1@github.com/acme/payments'],
    ['within an expression', `- run: echo \${{ github.token || 'ghp_canarycanarycanarycanary12' }}`],
    ['among the secrets of a build', '- uses: docker/build-push-action@v6', '  with: { secrets: "npm_token=canary-90a1" }'],
    ['as a key of several lines', '- uses: a/b@v1', '  with:', '    ssh-private-key: |', '      canary90a1==', '      canary90a2='],
  ])('is not kept: %s', (_, ...lines) => {
    const step = stepOf(...lines);

    expect(JSON.stringify(step)).toContain('redacted#');
    expect(JSON.stringify(step)).not.toContain('canary');
  });

  it.each([
    ['- uses: a/b@v1', '  with: { password: "${{ secrets.REGISTRY }}" }', { with: { password: '${{ secrets.REGISTRY }}' } }],
    ['- run: make', '  env: { API_TOKEN: "${{ secrets.A }}${{ secrets.B }}" }', { env: { API_TOKEN: '${{ secrets.A }}${{ secrets.B }}' } }],
    ['- run: login --password ${{ secrets.REGISTRY }} --to ghcr.io', '', { run: 'login --password ${{ secrets.REGISTRY }} --to ghcr.io' }],
    ['- run: login --password "$PASSWORD"', '', { run: 'login --password "$PASSWORD"' }],
    ['- uses: a/b@v1', '  with: { secrets: "npm_token=${{ secrets.NPM }}" }', { with: { secrets: 'npm_token=${{ secrets.NPM }}' } }],
    [
      '- uses: a/b@v1',
      '  with: { build-args: "API_TOKEN=${{ secrets.API }}" }',
      { with: { 'build-args': 'API_TOKEN=${{ secrets.API }}' } },
    ],
  ])('stays where only its name is given: %s %s', (first, second, kept) => {
    expect(stepOf(first, second)).toMatchObject(kept);
  });
});

describe('what cannot be read of a workflow', () => {
  it.each([
    ['on: push\njobs:\n  build: [', 3, 'malformed', 'no YAML'],
    ['on: push\njobs: {}\njobs: {}', 3, 'malformed', 'stood there before'],
    ['on: push\njobs: { build: *nobody }', 2, 'malformed', 'names no anchor'],
    ['on: push', 1, 'malformed', 'no `jobs`'],
    ['jobs: { build: {} }', 1, 'malformed', 'no `on`'],
    ['', 1, 'malformed', 'it is no workflow'],
    ['- push', 1, 'malformed', 'no map'],
    ['on: push\njobs:\n  build: make', 3, 'malformed', 'jobs.build'],
    ['on: push\njobs:\n  build:\n    steps: { run: make }', 4, 'malformed', 'steps'],
    ['on: push\njobs:\n  build:\n    steps:\n      - make', 5, 'malformed', 'a step'],
    ['on: push\njobs:\n  build:\n    steps:\n      - run: [make]', 5, 'malformed', 'run'],
    ['on: push\njobs:\n  build:\n    steps:\n      - uses: a/b@v1\n        with: { tags: [a, b] }', 6, 'malformed', 'with.tags'],
    ['on: push\njobs:\n  build:\n    environment: { url: https://acme.test }', 4, 'malformed', 'no name'],
    ['on: push\njobs:\n  a: &a { steps: [] }\n  b:\n    <<: *a', 5, 'unsupported', '<<'],
    [`on: push\njobs: { a: &a { b: &b [*b] } }`, 2, 'too-large', 'too much'],
    [`on: push\n# ${'x'.repeat(600_000)}`, 1, 'too-large', '512 KiB'],
  ])('is told with its line: %#', (text, line, because, says) => {
    const { mistakes } = read(text);

    expect(mistakes[0]).toMatchObject({ line, because, says: expect.stringContaining(says), hint: expect.stringMatching(/\.$/) });
  });

  it.each([
    'ghp_canarycanarycanarycanary12: 1\nghp_canarycanarycanarycanary12: 2',
    'on: push\njobs: { ghp_canarycanarycanarycanary12: 1 }',
    'on: { ghp_canarycanarycanarycanary12: 1 }\njobs: { a: {} }',
    'on: push\njobs: { a: *ghp_canarycanarycanarycanary12 }',
    'on: { workflow_dispatch: { inputs: { ghp_canarycanarycanarycanary12: [1] } } }\njobs: { a: {} }',
    'on: push\njobs: { a: { strategy: { matrix: { ghp_canarycanarycanarycanary12: {} } } } }',
    'on: push\njobs: { a: { env: { ghp_canarycanarycanarycanary12: [1] } } }',
  ])('is told without what may be a credential: %#', (text) => {
    const { mistakes } = read(text);

    expect(mistakes).toHaveLength(1);
    expect(JSON.stringify(mistakes)).not.toContain('canary');
  });

  it('leaves what can be read', () => {
    const { fact, mistakes } = read('on: push\njobs:\n  build: make\n  deploy: { steps: [{ run: helm upgrade }] }');

    expect(mistakes).toHaveLength(1);
    expect(fact?.jobs.map(({ id }) => id)).toEqual(['deploy']);
  });

  it.each([
    [
      'aliases that laugh',
      `a: &a [1]\n${Array.from({ length: 12 }, (_, n) => `x${n}: &x${n} [${`*${n === 0 ? 'a' : `x${n - 1}`}, `.repeat(20)}]`).join('\n')}\non: push\njobs: {}`,
    ],
    [
      'many steps many times',
      `on: push\nx: &x [${'{ run: make }, '.repeat(20_000)}]\njobs:\n${Array.from({ length: 20_000 }, (_, n) => `  j${n}: { steps: *x }\n`).join('')}`,
    ],
    ['equal keys', Array.from({ length: 60_000 }, (_, n) => `k${n}:`).join('\n')],
    ['brackets', '['.repeat(500_000)],
    ['openings of expressions', `on: push\njobs: { a: { steps: [{ run: "${'${{'.repeat(150_000)}" }] } }`],
    ['expressions', `on: push\njobs: { a: { steps: [{ run: "${'${{ a }} '.repeat(50_000)}" }] } }`],
  ])('is known within seconds: %s', (_, text) => {
    const began = performance.now();

    read(text.slice(0, 512 * 1024));

    expect(performance.now() - began).toBeLessThan(8000);
  });

  it('is never thrown, whatever the text is', () => {
    const words = fc.constantFrom(
      'on:',
      'jobs:',
      '\n',
      '  ',
      '- ',
      '&a ',
      '*a',
      '${{ ',
      ' }}',
      'steps:',
      'run: ',
      '{',
      '}',
      '[',
      ']',
      ': ',
      '|\n',
      '"',
      'with:',
      'push',
      '__proto__: ',
      '!!str ',
    );

    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
        const { fact, mistakes } = read(parts.join(''));

        expect(fact !== undefined || mistakes.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
