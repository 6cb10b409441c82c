import { andThen, type Known, known, unknown } from '../../domain/known.ts';
import { sortedBy } from '../../domain/order.ts';
import { fileKey } from '../../domain/place.ts';
import type { World } from '../world.ts';
import { type BakedArgument, bakedBy } from './baked-arguments.ts';
import type { BuildStep } from './build-step.ts';
import { handsOnDigest } from './digest-use.ts';
import { type FreeText, freeTextIn } from './free-text.ts';
import { type Goal, goalOf } from './goal.ts';
import { moves } from './image-word.ts';
import { deployedByMovingTag } from './moving-tag.ts';
import { type Changing, changingIn, type Taken, takenByMovingTag } from './promotion-steps.ts';
import { openReading, type Reading } from './reading.ts';
import { type SecondBuild, secondBuildsOf } from './same-image.ts';
import type { DockerfileSubject, JobSubject, PlacedStep } from './subject.ts';
import { type TestsBefore, testsBefore } from './tests-before.ts';
import { type Unpinned, unpinnedIn } from './unpinned.ts';

/** What is known of how repositories build, test and deploy, as rules may ask it. */
export type Workflows = Readonly<{
  jobs: readonly JobSubject[];
  dockerfiles: readonly DockerfileSubject[];
  /** What a job runs that was not read, and might do anything. */
  unreadBy(subject: JobSubject): readonly string[];
  /** The builds of a job whose images leave it. */
  shippedBy(subject: JobSubject): Known<readonly BuildStep[]>;
  /** The steps of a job that deploy. */
  deployedBy(subject: JobSubject): Known<readonly PlacedStep[]>;
  /** Where what a job does ends up. */
  goalOf(subject: JobSubject): Known<Goal>;
  /** The other builds of what a job builds. */
  secondBuildsOf(subject: JobSubject): Known<readonly SecondBuild[]>;
  /** What a job hands to its builds that is another in every environment. */
  bakedBy(subject: JobSubject): Known<readonly BakedArgument[]>;
  /** How a job that moves images on changes their digests. */
  changingIn(subject: JobSubject): Known<Changing | undefined>;
  /** What a job deploys or moves on by a tag that moves. */
  movingTagOf(subject: JobSubject): Known<Taken | undefined>;
  /** Whether what a job builds is handed on by digest to the jobs that deploy after it. */
  handingOnOf(subject: JobSubject): Known<'handed-on' | 'not-handed-on' | 'none-deploys' | 'ships-nothing'>;
  /** Whether tests come before what a job deploys. */
  testsBefore(subject: JobSubject): Known<TestsBefore | 'deploys-nothing'>;
  /** What a person types that decides which image a job deploys. */
  freeTextIn(subject: JobSubject): Known<FreeText | undefined>;
  /** What a Dockerfile takes by a name that can be moved. */
  unpinnedIn(subject: DockerfileSubject): Known<Unpinned | undefined>;
}>;

/** Opens the workflows of the newest recording that was to read any. */
export function openWorkflows(world: Pick<World, 'recordings' | 'silenceOn' | 'plan'>): Workflows {
  const reading = openReading(world);
  const { jobs, files, environments } = reading;
  const dockerfiles = files.dockerfiles.map((file) => ({ where: fileKey(file), file }));
  return {
    jobs,
    dockerfiles: sortedBy(dockerfiles, ({ where, file }) => `${where} ${file.commit}`),
    unreadBy: reading.unreadBy,
    shippedBy: reading.shippedBy,
    deployedBy: reading.deployedBy,
    goalOf: (subject) => goalOf(subject, reading.deployedBy(subject)),
    secondBuildsOf: (subject) =>
      andThen(reading.shippedBy(subject), (builds) => (builds.length === 0 ? known([]) : secondBuilds(subject, builds, reading))),
    bakedBy: (subject) => andThen(reading.shippedBy(subject), (builds) => known(bakedBy(builds, subject, environments))),
    changingIn: (subject) => unlessHidden(subject, changingIn(reading.stepsOf(subject)), reading),
    movingTagOf: (subject) => movingTagOf(subject, reading),
    handingOnOf: (subject) =>
      andThen(reading.shippedBy(subject), (builds) => (builds.length === 0 ? known('ships-nothing') : handingOnOf(subject, reading))),
    testsBefore: (subject) =>
      andThen(reading.deployedBy(subject), (deploys) =>
        deploys.length === 0 ? known('deploys-nothing') : testsBefore(subject, deploys, reading),
      ),
    freeTextIn: (subject) => andThen(reading.deployedBy(subject), (deploys) => known(freeTextIn(subject, deploys))),
    unpinnedIn,
  };
}

/** That something is not there is known only where everything that the job runs was read. */
function unlessHidden<T>(subject: JobSubject, found: T | undefined, { isHidden }: Reading): Known<T | undefined> {
  return found === undefined && isHidden(subject) ? unknown('calls-what-was-not-read') : known(found, [subject.file]);
}

/** A second build is known once one is seen; that there is none, only once every other job was read. */
function secondBuilds(subject: JobSubject, builds: readonly BuildStep[], reading: Reading): Known<readonly SecondBuild[]> {
  return andThen(reading.othersOf(subject), (others) => {
    const read = others.map((other) => ({ other, theirs: reading.shippedBy(other) }));
    const builders = read.flatMap(({ other, theirs }) => (theirs.known ? [{ subject: other, builds: theirs.value }] : []));
    const found = secondBuildsOf({ subject, builds }, builders, reading.environments);
    return found.length === 0 && read.some(({ theirs }) => !theirs.known) ? unknown('calls-what-was-not-read') : known(found);
  });
}

function movingTagOf(subject: JobSubject, reading: Reading): Known<Taken | undefined> {
  const { triggers } = subject.file;
  const isOfRelease =
    triggers.length > 0 &&
    triggers.every(({ event, tags, branches }) => event === 'release' || (event === 'push' && tags.length > 0 && branches.length === 0));
  const moving = (tag: string) => moves(tag, reading.environments, isOfRelease);
  const taken = takenByMovingTag(reading.stepsOf(subject), moving);
  if (taken) return known(taken, [subject.file]);
  return andThen(reading.deployedBy(subject), (deploys) => unlessHidden(subject, deployedByMovingTag(deploys, moving), reading));
}

function handingOnOf(
  subject: JobSubject,
  { stepsOf, siblingsOf, neededBy, deployedBy }: Reading,
): Known<'handed-on' | 'not-handed-on' | 'none-deploys'> {
  if (handsOnDigest(subject, stepsOf(subject))) return known('handed-on', [subject.file]);
  const after = siblingsOf(subject).filter((other) => neededBy(other).includes(subject));
  const deploys = after.map(deployedBy);
  if (deploys.some((one) => one.known && one.value.length > 0)) return known('not-handed-on', [subject.file]);
  return deploys.every((one) => one.known) ? known('none-deploys', [subject.file]) : unknown('calls-what-was-not-read');
}
