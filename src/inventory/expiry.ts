import { DAY_MS } from '../domain/day.ts';
import type { Digest } from '../domain/digest.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { LifecyclePolicy } from '../domain/lifecycle.ts';
import { remember, rememberOf, sortedBy } from '../domain/order.ts';
import type { Recording } from '../domain/recording.ts';
import { type Fate, fateOf } from './lifecycle.ts';
import type { Pull } from './presence.ts';
import { rollbackOf, rollbackTargetOf } from './rollback.ts';
import type { Row } from './row.ts';
import { meets } from './silence.ts';
import type { World } from './world.ts';

/**
 * What the lifecycle policy of a repository does to what a row pulls, or would pull once it is rolled back to a revision, and in how many
 * whole days from the end of the newest recording; what goes later is kept.
 */
export type Expiry = Readonly<{ is: 'kept' } | Going>;
type Going = Readonly<{
  is: 'expires' | 'archived';
  digest: string;
  repository: string;
  rule: string;
  from: string;
  days: number;
  /** The revision that it is rolled back to; empty of what runs. */
  revision: string;
}>;

/** Of what goes within so many days what a row pulls, else what a roll-back would bring, the first first; kept only where everything is known to be. */
export function expiryOf(world: World, row: Row, withinDays: number): Known<Expiry> {
  const running = row.running.map((image) => {
    const digest = image.declared.spec.digest ?? image.digest;
    return digest ? expiryOfPull(world, { image: image.declared.spec, digest }) : unknown('no-digest');
  });
  const answers = [...running, ...expiryOfRollback(world, row)];
  const going = answers.flatMap((answer) => (answer.known && answer.value.is !== 'kept' ? [{ answer, ...answer.value }] : []));
  const soon = going.filter(({ days }) => days <= withinDays);
  const [first] = sortedBy(soon, ({ revision, from }) => `${revision === '' ? 'running' : 'then'} ${from}`);
  if (first) return first.answer;
  const open = answers.find((answer) => !answer.known);
  const evidence = answers.flatMap((answer) => (answer.known ? answer.evidence : []));
  return open ?? (answers.length === 0 ? unknown('no-digest') : known({ is: 'kept' }, evidence));
}

/** Nothing where there is nothing to go back to, where that is a tag, and where it is gone already. */
function expiryOfRollback(world: World, row: Row): readonly Known<Expiry>[] {
  const rollback = rollbackOf(world, row);
  if (!rollback.known && rollback.because === 'revision-not-known') return [rollback];
  if (rollback.known && rollback.value.is !== 'held') return [];
  const { declared, revision } = rollbackTargetOf(world, row.where) ?? {};
  if (!declared?.digest) return [];
  const answer = expiryOfPull(world, { image: declared, digest: declared.digest });
  return [
    answer.known && answer.value.is !== 'kept' ? { ...answer, value: { ...answer.value, revision: `${revision?.number ?? ''}` } } : answer,
  ];
}

function expiryOfPull(world: World, pull: Pull): Known<Expiry> {
  const { registry, repository } = pull.image;
  const policies = policiesOf(world, pull);
  if (typeof policies === 'string') return unknown(policies);
  const policy = policies.find(({ images }) => images.some(({ digest }) => digest === pull.digest)) ?? policies[0];
  if (!policy) return unknown('lifecycle-not-read');
  const fate = fateAmong(world, policy, pull.digest);
  if (fate.is === 'undecided') return unknown('lifecycle-not-decided');
  if (fate.is === 'kept') return known({ is: 'kept' }, [policy]);
  const days = Math.floor((Date.parse(fate.from) - Date.parse(world.recordings.at(-1)?.takenAt.to ?? '')) / DAY_MS);
  const told = { digest: pull.digest, repository: `${registry}/${repository}`, rule: String(fate.priority), from: fate.from, revision: '' };
  return known({ is: fate.is, ...told, days: Math.max(0, days) }, [policy]);
}

/** As the newest recording has them in which the registry was to be read; where none tells of policies, nobody was to read any. */
function policiesOf(world: World, { image }: Pull): readonly LifecyclePolicy[] | string {
  const ofRegistry = policiesByRegistry(world)(image.registry);
  if (typeof ofRegistry === 'string') return ofRegistry;
  const newest = world.recordings.findLastIndex((recording) => contentAsked(recording).some(({ scope }) => meets(scope, image)));
  if (newest < 0) return 'not-configured';
  const ofRepository = (ofRegistry[newest] ?? []).filter((policy) => policy.image.repository === image.repository);
  return sortedBy(ofRepository, ({ at, origin, images }) => [at, origin.source, images.length, origin.locator].join(' ')).toReversed();
}

/** The policies of a registry, a list for each recording; they are looked for once. */
const policiesByRegistry = rememberOf((world: World) => {
  const told = world.recordings.map(({ observations }) => observations.filter((seen) => seen.kind === 'lifecycle-policy'));
  return remember(
    (registry: string) => registry,
    (registry: string) => {
      const ofRegistry = told.map((policies) => policies.filter(({ image }) => image.registry === registry));
      return ofRegistry.every((policies) => policies.length === 0) ? 'not-configured' : ofRegistry;
    },
  );
});

const contentAsked = rememberOf(({ observations }: Recording) =>
  observations.filter((seen) => seen.kind === 'expected').filter(({ of }) => of === 'content'),
);

/** An image goes no sooner than the indexes that refer to it; where some were not read, they may be among them. */
function fateAmong({ closure }: World, policy: LifecyclePolicy, digest: Digest): Fate {
  const own = fateOf(policy, digest);
  if (own.is === 'kept') return own;
  const indexes = policy.images.filter((one) => one.is === 'index' && one.digest !== digest);
  const above = indexes.filter((one) => closure.under(one.digest).includes(digest)).map((one) => fateOf(policy, one.digest));
  if (above.some(({ is }) => is === 'kept')) return { is: 'kept' };
  const isIndex = policy.images.some((one) => one.is === 'index' && one.digest === digest);
  const isUnread = !isIndex && indexes.some((one) => closure.roleOf(one.digest) !== 'index');
  const all = [own, ...above];
  if (isUnread || all.some(({ is }) => is === 'undecided')) return { is: 'undecided' };
  return sortedBy(all, (fate) => ('from' in fate ? fate.from : '')).at(-1) ?? own;
}
