import { DAY_MS } from '../domain/day.ts';
import type { Digest } from '../domain/digest.ts';
import { matches } from '../domain/glob.ts';
import type { LifecyclePolicy, LifecycleRule, ListedImage } from '../domain/lifecycle.ts';
import { sortedBy } from '../domain/order.ts';

/** What a policy does to an image and from when on; undecided where what it goes by is not known. */
export type Fate =
  | Readonly<{ is: 'kept' }>
  | Readonly<{ is: 'undecided' }>
  | Readonly<{ is: 'expires' | 'archived'; by: LifecycleRule['by']; priority: number; from: string }>;

/**
 * What a lifecycle policy of ECR does to an image of its repository, taken by itself: whatever index refers to it keeps it for as long as
 * that is kept. All rules are evaluated at once, and of those that select an image the first decides, though it spares it (Amazon ECR
 * user guide, lifecycle policy evaluation rules, 2026).
 */
export function fateOf({ rules, images, at }: Pick<LifecyclePolicy, 'rules' | 'images' | 'at'>, digest: Digest): Fate {
  const image = images.find((one) => one.digest === digest);
  if (!image) return rules.length === 0 ? { is: 'kept' } : { is: 'undecided' };
  const rule = sortedBy(rules, ({ priority }) => String(priority).padStart(12, '0')).find((one) => doesSelect(one, image));
  if (!rule) return { is: 'kept' };
  if (rule.by === 'count') return byCount({ rule, images, at }, image);
  const start = rule.by === 'pulled' ? lastUseOf(image) : image.pushedAt;
  return start === undefined ? { is: 'undecided' } : takenBy(rule, addDays(start, rule.number));
}

/** What is in no archive is not selected by how long it is there. */
export function doesSelect({ selects, prefixes, patterns, by }: LifecycleRule, { tags }: ListedImage): boolean {
  if (by === 'archived') return false;
  if (selects === 'any') return true;
  if (selects === 'untagged') return tags.length === 0;
  const isMet = (wish: (tag: string) => boolean) => tags.some(wish);
  return (
    tags.length > 0 &&
    prefixes.every((prefix) => isMet((tag) => tag.startsWith(prefix))) &&
    patterns.every((pattern) => isMet((tag) => matches(pattern, tag)))
  );
}

type Counting = Readonly<{ rule: LifecycleRule; images: readonly ListedImage[]; at: string }>;

/**
 * The rank of an image among those that its rule selects, the youngest first; whoever else would take them counts all the same. Amazon
 * does not say whether members of an index, and what refers to an image, are counted: both ways have to agree, and so has the order of
 * what was pushed at one time.
 */
function byCount({ rule, images, at }: Counting, image: ListedImage): Fate {
  const { pushedAt } = image;
  if (pushedAt === undefined) return { is: 'undecided' };
  const others = images.filter((one) => one !== image && doesSelect(rule, one));
  const isMixed = images.some(({ is }) => is === 'index');
  const isSure = ({ is }: ListedImage) => is === 'index' || (is === 'image' && !isMixed);
  const before = others.filter((one) => isSure(one) && one.pushedAt !== undefined && one.pushedAt > pushedAt).length;
  const atMost = others.filter((one) => one.pushedAt === undefined || one.pushedAt >= pushedAt).length;
  if (before >= rule.number) return takenBy(rule, at);
  return { is: atMost < rule.number ? 'kept' : 'undecided' };
}

/** What was never pulled counts from its push, and what was restored and not pulled since from its return. */
function lastUseOf({ pushedAt, pulledAt = pushedAt, restoredAt }: ListedImage): string | undefined {
  return restoredAt !== undefined && (pulledAt === undefined || restoredAt > pulledAt) ? restoredAt : pulledAt;
}

function takenBy({ does, by, priority }: LifecycleRule, from: string): Fate {
  return { is: does === 'expire' ? 'expires' : 'archived', by, priority, from };
}

function addDays(instant: string, days: number): string {
  return new Date(Date.parse(instant) + days * DAY_MS).toISOString();
}
