import { KEPT_LABELS } from '../clients/kubernetes/kept-labels.ts';
import { declaredInManifests } from '../clients/kubernetes/manifests.ts';
import { collect } from '../collect/collect.ts';
import type { AnySource } from '../collect/define-source.ts';
import type { DeclaredImage } from '../domain/observation.ts';
import { slotKey } from '../domain/place.ts';
import { AuditError } from '../error.ts';
import type { Candidate } from '../explain/candidate.ts';
import { loadMember } from '../registry.ts';
import { openEdge } from './edge.ts';

const NOTHING = { digests: [], tags: [], commits: [], lines: [] };
const LIMITS = { retries: 0, backoffMs: 0, timeoutMs: 30_000, perHost: 1, clusters: 1 };

/** What manifests put into an environment, and the objects in them that hold an image and are not judged. */
export type Manifests = Readonly<{ candidates: readonly Candidate[]; notJudged: readonly string[] }>;

/** What rendered manifests put into an environment, container by container; what of them cannot be read is refused, and so is a container twice. */
export async function readManifests(places: readonly string[], environment: string): Promise<Manifests> {
  if (places.includes(''))
    throw new AuditError('USAGE', '-f names no file', { hint: 'Name a file or a folder, or write `-f -` for what is piped in.' });
  const kubernetes = await loadMember('sources', 'kubernetes');
  const config = kubernetes.config.parse({ environment, manifests: places });
  const notJudged: string[] = [];
  const where = {
    cluster: 'current',
    labels: KEPT_LABELS,
    environmentOf: () => environment,
    onOther: (one: string) => void notJudged.push(one),
  };
  const source: AnySource = { ...kubernetes, observe: (_config, _wanted, { signal }) => declaredInManifests(places, where, signal) };
  const edge = openEdge(LIMITS, undefined);
  const seen = await collect([{ name: 'check', source, config }], () => NOTHING, edge).finally(() => edge.close());
  const gap = seen.find((one) => one.kind === 'gap');
  if (gap?.kind === 'gap')
    throw new AuditError('USAGE', `${gap.origin.locator} cannot be read: ${gap.because}`, gap.hint ? { hint: gap.hint } : {});
  const manifests = seen.filter((one) => one.kind === 'declared-image');
  if (manifests.length === 0)
    throw new AuditError('USAGE', `${places.join(', ')} declares no container`, {
      hint: 'Render it first: `helm template`, `kustomize build`; what a resource of its own kind starts is not known from it.',
    });
  refuseTwice(manifests);
  return { candidates: manifests.map((manifest) => ({ image: manifest.declared, environment, manifest })), notJudged };
}

function refuseTwice(manifests: readonly DeclaredImage[]): void {
  const before = new Map<string, string>();
  for (const manifest of manifests) {
    const { container, role, origin } = manifest;
    const key = `${slotKey(manifest)} ${role === 'volume'}`;
    const first = before.get(key);
    if (first !== undefined)
      throw new AuditError('USAGE', `the container ${container} stands in ${first}, and in ${origin.locator}`, {
        hint: 'Give what is to be applied, once: not a base beside what is rendered from it.',
      });
    before.set(key, origin.locator);
  }
}
