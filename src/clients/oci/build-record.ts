import type { Seen } from '../../collect/define-source.ts';
import { unreadable } from '../../error.ts';
import { madeBy } from '../made-by.ts';
import type { Content } from './content.ts';
import type { Attested } from './provenance.ts';

/** Provenance as a build record: an unverified claim that lies beside the artifact, dated by what it says or by the image's own time. */
export function toBuildRecord({ of, provenance, locator, bytes }: Attested, contents: readonly Content[], registry: string): Seen {
  const { digest, repository, role } = of;
  const { platform, created } = imageOf(digest, contents);
  const at = provenance.at ?? created;
  if (at === undefined)
    throw unreadable('unsupported', `${locator} says no time, and nor does its image`, {
      hint: `Nothing can be dated by it: have the builder of ${registry}/${repository} write when it built.`,
    });
  return {
    kind: 'build',
    locator,
    ...(bytes ? { bytes } : {}),
    at,
    ...madeBy(provenance),
    outputs: [{ image: { registry, repository }, digest, role, ...(platform ? { platform } : {}) }],
    pushed: 'yes',
    trust: 'artifact',
  };
}

function imageOf(digest: string, contents: readonly Content[]): Readonly<{ platform?: string; created?: string }> {
  const manifest = contents.find((content) => content.kind === 'manifest' && content.digest === digest);
  const config = contents.find(
    (content) => content.kind === 'config' && manifest?.kind === 'manifest' && content.digest === manifest.config,
  );
  if (config?.kind !== 'config') return {};
  return { platform: config.platform, ...(config.created ? { created: config.created } : {}) };
}
