import fc from 'fast-check';
import type { Build, CleanUp, How, Likeness, Test } from '../../src/testing/events.ts';
import { mostly, oneOf } from './random-plan.ts';

/** What a build says of itself, and what it has in common with another. */
export const build: fc.Arbitrary<Build> = fc
  .record({
    run: oneOf('41', '42', '43', '44'),
    attempt: mostly(1, fc.constant(2)),
    commit: oneOf('c0ffee', 'c0ffee', 'decaf0'),
    tree: mostly(undefined, fc.constant('7ree')),
    base: oneOf('X', 'X', 'Y'),
    likeness: mostly(
      undefined,
      fc.record({
        like: oneOf('payments@A', 'payments@B'),
        but: oneOf<Likeness>('metadata', 'labels', 'runtime-config', 'base', 'bytes', 'more-layers'),
      }),
    ),
  })
  .map(({ likeness, ...by }) => ({ ...by, ...likeness }));

/** What a gate says. */
export const test: fc.Arbitrary<Test> = fc.record({
  gate: oneOf('e2e', 'e2e', 'e2e', 'load'),
  result: oneOf('passed', 'passed', 'failed', 'warned'),
  trust: mostly<Test['trust']>('recorded', oneOf('verified', 'declared')),
  platform: mostly<string | undefined>(undefined, oneOf('linux/amd64', 'linux/arm64')),
  run: mostly<string | undefined>(undefined, oneOf('61', '61', '62', 'none'), 1),
});

const oddity: fc.Arbitrary<How> = fc.oneof(
  oneOf('linux/arm64', 'unknown').map((platform) => ({ platform })),
  oneOf('CronJob', 'Job').map((kind) => ({ kind })),
  oneOf<How>({ namespace: 'pr-1' }, { cluster: 'west' }, { ready: false }, { beside: true }, { container: 'istio-proxy', injected: true }),
  oneOf<How>({ starts: { args: ['--canary'] } }, { starts: { command: ['node', 'server.js'] } }, { starts: 'not read' }),
  oneOf<How['phase']>('waiting', 'failed').map((phase) => ({ phase, beside: true })),
  oneOf('00:30', '2026-03-03T08:00:00Z').map((finishedAt) => ({ kind: 'Job', phase: 'completed' as const, finishedAt })),
  oneOf<How['rollout']>('rolling', 'paused').map((rollout) => ({ rollout, beside: true })),
  fc.integer({ min: 1, max: 4 }).map((revision) => ({ revision })),
  fc.integer({ min: 2, max: 3 }).map((pods) => ({ pods })),
);
/** How something runs: plainly, as a rule. */
export const how: fc.Arbitrary<How> = fc.array(mostly<How>({}, oddity, 3), { maxLength: 2 }).map((all) => Object.assign({}, ...all) as How);

/** The rules by which a registry deletes by itself: none, or one or two. */
export const cleanUps: fc.Arbitrary<readonly CleanUp[]> = fc.array(
  fc.record({
    by: oneOf('count', 'pushed', 'pulled'),
    number: fc.integer({ min: 1, max: 30 }),
    selects: oneOf('any', 'untagged'),
    does: mostly('expire', fc.constant('archive')),
  }),
  { maxLength: 2 },
);

/** What the repository lists, with when it was pushed. */
export const listing: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .subarray(['payments=A', 'payments:1.4=B', 'payments=C', 'payments=I', 'payments=R'])
  .chain((images) =>
    fc
      .array(oneOf('2026-02-01T09:00:00Z', '2026-02-20T09:00:00Z', '2026-03-01T09:00:00Z'), {
        minLength: images.length,
        maxLength: images.length,
      })
      .map((times) => Object.fromEntries(images.map((image, nth) => [image, times[nth] ?? '']))),
  );
