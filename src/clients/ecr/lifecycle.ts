import { z } from 'zod';
import type { Seen, Wanted } from '../../collect/define-source.ts';
import type { Digest } from '../../domain/digest.ts';
import { byText, groupBy, sortedBy } from '../../domain/order.ts';
import { parseJson } from '../../domain/parse-json.ts';
import { unreadable } from '../../error.ts';
import type { Ecr } from '../ecr.ts';
import { shapeOf } from '../oci/media-type.ts';
import { gapOf, isAsked, type Place } from '../oci/read-contents.ts';
import { unreadOf } from '../oci/read-presence.ts';
import type { Listed } from './answers.ts';

type Policy = Extract<Seen, { kind: 'lifecycle-policy' }>;
type Rule = Policy['rules'][number];

// As Amazon documents them (ECR user guide, lifecycle policy properties, November 2026).
const COUNTS = {
  imageCountMoreThan: 'count',
  sinceImagePushed: 'pushed',
  sinceImagePulled: 'pulled',
  sinceImageTransitioned: 'archived',
} as const;
const Text = z.object({
  rules: z.array(
    z.object({
      rulePriority: z.int(),
      selection: z.object({
        tagStatus: z.enum(['tagged', 'untagged', 'any']),
        tagPrefixList: z.array(z.string()).default([]),
        tagPatternList: z.array(z.string()).default([]),
        storageClass: z.enum(['standard', 'archive']).optional(),
        countType: z.enum(['imageCountMoreThan', 'sinceImagePushed', 'sinceImagePulled', 'sinceImageTransitioned']),
        countUnit: z.literal('days').optional(),
        countNumber: z.int().positive(),
      }),
      action: z.union([
        z.object({ type: z.literal('expire') }),
        z.object({ type: z.literal('transition'), targetStorageClass: z.literal('archive') }),
      ]),
    }),
  ),
});
/** Reads what the registry deletes by itself, of every repository that something downstream pulls from. */
export async function readLifecycles(ecr: Ecr, place: Place, { digests }: Wanted): Promise<readonly Seen[]> {
  const pulled = digests.flatMap(({ digest, pulledFrom = [] }) => pulledFrom.map((image) => ({ digest, image })));
  const asked = pulled.filter(({ image }) => place.isAt(image) && isAsked(place, image));
  const byRepository = sortedBy([...groupBy(asked, ({ image }) => image.repository)], ([repository]) => repository);
  return Promise.all(
    byRepository.map(async ([repository, of]): Promise<Seen> => {
      try {
        return await readLifecycle(ecr, place, { repository, digests: new Set(of.map(({ digest }) => digest)) });
      } catch (error) {
        return gapOf('content', place, { repository, reference: 'lifecycle-policy', error: unreadOf(error) });
      }
    }),
  );
}

type Pulled = Readonly<{ repository: string; digests: ReadonlySet<Digest> }>;

async function readLifecycle(ecr: Ecr, { registry, locate }: Place, { repository, digests }: Pulled): Promise<Policy> {
  const text = await ecr.lifecyclePolicy(repository);
  const seen = { kind: 'lifecycle-policy', image: { registry, repository }, locator: locate(repository, 'lifecycle-policy') } as const;
  if (text === undefined) return { ...seen, rules: [] };
  const rules = rulesIn(text, `${registry}/${repository}`);
  const images = neededOf(rules, (await ecr.list(repository)).map(toListed), digests);
  return { ...seen, rules, images: sortedBy(images, ({ digest }) => digest) };
}

function rulesIn(text: string, name: string): Rule[] {
  const parsed = Text.safeParse(parseJson(text));
  if (!parsed.success)
    throw unreadable('unsupported', `the lifecycle policy of ${name} has a rule that is not known here`, {
      hint: `See with \`aws ecr get-lifecycle-policy\` what ${name} deletes, and whether a newer selfsame reads it (${parsed.error.issues[0]?.path.join('.')}).`,
    });
  return parsed.data.rules.map(({ rulePriority: priority, selection, action }) => ({
    priority,
    selects: selection.tagStatus,
    prefixes: selection.tagPrefixList,
    patterns: selection.tagPatternList,
    by: COUNTS[selection.countType],
    number: selection.countNumber,
    does: action.type === 'expire' ? 'expire' : 'archive',
  }));
}

type Image = NonNullable<Policy['images']>[number];

/** A rule that counts goes by every image; any other by one, and by the indexes that may refer to it. */
function neededOf(rules: readonly Rule[], images: readonly Image[], digests: ReadonlySet<string>): readonly Image[] {
  if (rules.some(({ by }) => by === 'count')) return images;
  const pulled = images.filter(({ digest }) => digests.has(digest));
  const mayBeMembers = pulled.some(({ is }) => is !== 'index');
  return images.filter(({ digest, is }) => digests.has(digest) || (mayBeMembers && is === 'index'));
}

function toListed(listed: Listed['imageDetails'][number]): Image {
  const { imageDigest: digest, imageTags, imagePushedAt, lastRecordedPullTime, lastActivatedAt } = listed;
  const times = { pushedAt: imagePushedAt, pulledAt: lastRecordedPullTime, restoredAt: lastActivatedAt };
  const told = Object.entries(times).flatMap(([name, time]) => (time ? [[name, time.toISOString()]] : []));
  return { digest, tags: imageTags.toSorted(byText), ...Object.fromEntries(told), is: natureOf(listed) };
}

function natureOf({ subjectManifestDigest, imageManifestMediaType }: Listed['imageDetails'][number]): Image['is'] {
  if (subjectManifestDigest !== undefined) return 'referrer';
  return shapeOf(imageManifestMediaType) === 'index' ? 'index' : 'image';
}
