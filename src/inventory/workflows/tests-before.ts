import { type Known, known, unknown } from '../../domain/known.ts';
import { does } from './activity.ts';
import { conditionOf } from './condition.ts';
import type { Reading } from './reading.ts';
import type { JobSubject, PlacedStep } from './subject.ts';

/** Whether tests come before a deployment: in the same job or one that it waits for; or that it does not wait for their result. */
export type TestsBefore = 'tested' | 'untested' | 'ignores-results';

type Around = Pick<Reading, 'stepsOf' | 'everyStepOf' | 'isHidden' | 'othersOf' | 'neededBy'>;

const TEST_NAME = /(?:^|[^a-z])(?:tests?|e2e|acceptance|integration|smoke|qa|spec|specs)(?:[^a-z]|$)/i;
const REGARDLESS = /always\(\)|failure\(\)|!\s{0,9}cancelled\(\)/;

/** Whether tests come before the deployment of a job whose steps that deploy are known. */
export function testsBefore(subject: JobSubject, deploys: readonly PlacedStep[], around: Around): Known<TestsBefore> {
  const { file, job } = subject;
  const needed = around.neededBy(subject);
  if (needed.length > 0 && REGARDLESS.test(job.if ?? '') && !/result\s{0,9}==\s{0,9}'success'/.test(job.if ?? ''))
    return known('ignores-results', [file]);
  const steps = around.stepsOf(subject);
  const before = steps.slice(
    0,
    steps.findIndex((step) => step === deploys[0]),
  );
  if (before.some((step) => does('test', step)) || needed.some((one) => isTest(one, around))) return known('tested', [file]);
  if (needed.some((one) => around.everyStepOf(one).some((step) => does('test', step)))) return unknown('tests-under-a-condition');
  if ([subject, ...needed].some((one) => around.isHidden(one))) return unknown('calls-what-was-not-read');
  if (file.triggers.some(({ event }) => event === 'workflow_run' || event === 'workflow_call'))
    return unknown('started-by-another-workflow');
  const others = around.othersOf(subject);
  if (!others.known) return others;
  const elsewhere = others.value.filter((other) => other.file !== file && isTest(other, around));
  return elsewhere.length > 0 ? unknown('tests-in-another-workflow') : known('untested', [file, ...others.evidence]);
}

/** A job that is called a test is taken for one, whatever script it runs. */
function isTest(subject: JobSubject, { stepsOf }: Around): boolean {
  if (conditionOf(subject.job.if, {}) === 'never' || subject.job.continueOnError) return false;
  return TEST_NAME.test(`${subject.job.id} ${subject.job.name ?? ''}`) || stepsOf(subject).some((step) => does('test', step));
}
