import type { Seen } from '../../collect/define-source.ts';
import { Digest } from '../../domain/digest.ts';
import { inUtc } from '../../domain/record.ts';
import type { Bound } from './bind.ts';
import type { GateResult } from './gates.ts';
import type { WorkflowRun } from './runs.ts';

type Test = Extract<Seen, { kind: 'test' }>;

/** A gate's result as tests of the digests that it had; of its commit alone where it names none. */
export function testsOf(
  result: GateResult,
  { repository, run }: Readonly<{ repository: string; run: WorkflowRun }>,
  bound: readonly Bound[],
): readonly Test[] {
  const test = testOf(result, repository, run);
  if (bound.length === 0) return [test];
  return bound.map(({ digest, image, trust }) => ({ ...test, subject: { ...test.subject, digest: Digest.parse(digest), image }, trust }));
}

function testOf({ gate, attempt, result, legs, startedAt, at }: GateResult, repository: string, run: WorkflowRun): Test {
  const [leg] = legs;
  const [workflow] = run.path.split('@');
  const isAlone = legs.length === 1 && leg !== undefined;
  const url = isAlone && URL.canParse(leg.html_url ?? '') ? leg.html_url : undefined;
  return {
    kind: 'test',
    locator: `${repository} run ${run.id} attempt ${attempt}: ${legs.map(({ id, name }) => `${name} (job ${id})`).join(', ')}`.slice(
      0,
      500,
    ),
    at: inUtc(at),
    gate,
    run: {
      platform: 'github-actions',
      repository,
      id: run.id,
      attempt,
      ...(workflow ? { workflow } : {}),
      ...(isAlone ? { job: leg.name } : {}),
      ...(url ? { url } : {}),
    },
    subject: { commit: run.head_sha },
    result,
    startedAt: inUtc(startedAt),
    trust: 'recorded',
  };
}
