import type { Seen } from '../../collect/define-source.ts';
import { Digest } from '../../domain/digest.ts';
import { parseImageReference } from '../../domain/image-reference.ts';
import { byKey } from '../../domain/order.ts';
import { AuditError } from '../../error.ts';
import type { Registry } from '../oci.ts';
import type { Content } from './content.ts';
import type { Finder } from './find.ts';
import { gapOf, type Place, readContents } from './read-contents.ts';

/** By environment and name, the `repository:tag` that publishes it. */
export type Channels = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Means = Readonly<{ registry: Registry; finder: Pick<Finder, 'find'> }>;
type Channel = Readonly<{ environment: string; name: string; repository: string; tag: string }>;

/** What channels name now, as what is published to environments: once for every platform, for each may run. */
export async function readChannels(place: Place, channels: Channels, means: Means): Promise<readonly Seen[]> {
  const all = Object.entries(channels).flatMap(([environment, named]) => channelsOf(place, environment, named));
  const sorted = all.toSorted(byKey(({ environment, name }) => `${environment} ${name}`));
  const read = await Promise.all(sorted.map((channel) => readChannel(place, channel, means)));
  const seen = read.flat();
  const isWhole = (environment: string) =>
    !seen.some((one) => one.kind === 'gap' && 'environment' in one.scope && one.scope.environment === environment);
  const covered = Object.keys(channels).toSorted().filter(isWhole);
  const locator = place.locate('', '').replace(/\/v2\/.*$/, '');
  return [
    ...seen,
    ...covered.map((environment): Seen => ({ kind: 'coverage', of: 'channel', scope: { environment, registry: place.registry }, locator })),
  ];
}

function channelsOf({ registry }: Place, environment: string, named: Channels[string]): Channel[] {
  return Object.entries(named).flatMap(([name, text]) => {
    const { repository, tag } = parseImageReference(`${registry}/${text}`) ?? {};
    return repository !== undefined && tag !== undefined ? [{ environment, name, repository, tag }] : [];
  });
}

async function readChannel(place: Place, channel: Channel, { registry, finder }: Means): Promise<readonly Seen[]> {
  const { environment, repository, tag } = channel;
  try {
    const seenIn = [{ registry: place.registry, repository }];
    // What cannot be read of it becomes a gap when its digest is asked for.
    const contentsOf = async (named: Digest) => (await readContents(place, [{ digest: named, seenIn }], finder)).contents;
    let contents: readonly Content[] = [];
    const isRead = (named: Digest) => contents.some((one) => one.digest === named);
    const { digest, locator } = await registry.resolve(repository, tag, async (stated) => {
      contents = await contentsOf(stated);
      return isRead(stated);
    });
    if (!isRead(digest)) contents = await contentsOf(digest);
    const platforms = platformsOf(digest, contents);
    return (platforms.length > 0 ? platforms : [undefined]).map((platform) => publishedAs(place, channel, { digest, locator, platform }));
  } catch (error) {
    if (!(error instanceof AuditError) || error.because === undefined) throw error;
    const gap = gapOf('tag', place, { repository, reference: tag, error });
    // A gap of another kind, with a place more, is a gap.
    return [{ ...gap, of: 'channel', scope: { environment, registry: place.registry, repository } } as Seen];
  }
}

/** The platforms that a digest is for: its own, or those of the members of an index. */
function platformsOf(digest: string, contents: readonly Content[]): string[] {
  const content = contents.find((one) => one.digest === digest);
  if (content?.kind === 'config') return [content.platform];
  if (content?.kind === 'manifest') return platformsOf(content.config, contents);
  const members = (content?.members ?? []).filter(({ attests, platform }) => attests === undefined && platform !== 'unknown/unknown');
  return [...new Set(members.flatMap((member) => member.platform ?? platformsOf(member.digest, contents)))].toSorted();
}

type Named = Readonly<{ digest: Digest; locator: string; platform: string | undefined }>;

function publishedAs(place: Place, { environment, name, repository, tag }: Channel, { digest, locator, platform }: Named): Seen {
  return {
    kind: 'running-image',
    locator,
    environment,
    workload: { cluster: place.registry, namespace: 'channels', kind: 'Channel', name },
    container: 'image',
    declared: { spec: { registry: place.registry, repository, tag, digest } },
    reported: '',
    digestRole: 'unknown',
    ...(platform ? { platform } : {}),
    phase: 'published',
    ready: false,
    instances: 1,
  };
}
