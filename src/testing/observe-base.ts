import { Observation } from '../domain/observation.ts';
import type { Event } from './events.ts';
import { instant } from './instant.ts';
import { themedDigest } from './themed-digest.ts';

/** Where the bases of timelines lie. */
export const BASE = { registry: 'docker.io', repository: 'library/node' };

/** What a registry tells of a base: its content, or what its tag names. A base has one layer, the first of every image that is built on it. */
export function observeBase({ at, did, base }: Extract<Event, { did: 'hold-base' | 'name-base' }>): Observation[] {
  const seen = (locator: string) => ({ at: instant(at), origin: { source: 'scenario', locator } });
  const [digest, config] = [themedDigest(`base ${base}`), themedDigest(`config of base ${base}`)];
  if (did === 'name-base') return [Observation.parse({ ...seen('registry node:24'), kind: 'tag', image: { ...BASE, tag: '24' }, digest })];
  const place = seen('registry library/node');
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const diffIds = [themedDigest(`layer of base ${base}`)];
  const held = [
    { ...place, kind: 'manifest', digest, image: BASE, mediaType, config, layers: [] },
    { ...place, kind: 'config', digest: config, platform: 'linux/amd64', diffIds, runtime: {} },
  ];
  return held.map((one) => Observation.parse(one));
}
