import type { Digest } from '../../domain/digest.ts';
import { unreadable } from '../../error.ts';
import type { Referrer } from '../oci/referrers.ts';
import { type Entry, REF_NAME } from './oci-layout.ts';

// What `cosign save` writes beside an image (sigstore/cosign, pkg/oci/layout, 2026): one manifest of each kind, without a word of whose it is.
const BESIDE = /^dev\.cosignproject\.cosign\/(?:atts|sigs|sboms)$/;
const ATTESTATIONS = 'dev.cosignproject.cosign/atts';

/** The manifests of attestations that `cosign save` laid beside a digest; where a layout holds several images, that one of its name. */
export function savedAttestations(folder: string, entries: readonly Entry[], digest: Digest): readonly Referrer[] {
  const images = entries.filter((entry) => !BESIDE.test(kindOf(entry)));
  const names = new Set(images.filter((image) => image.digest === digest).map(nameOf));
  const saved = entries.filter((entry) => kindOf(entry) === ATTESTATIONS && names.has(nameOf(entry)));
  if (saved.some((one) => images.some((image) => image.digest !== digest && nameOf(image) === nameOf(one)))) throw whose(folder);
  return saved.map((one) => ({ digest: one.digest, artifactType: '', annotations: {} }));
}

function kindOf({ annotations }: Entry): string {
  return annotations?.['kind'] ?? '';
}

function nameOf({ annotations }: Entry): string {
  return annotations?.[REF_NAME] ?? '';
}

function whose(folder: string): Error {
  return unreadable('unsupported', `${folder} holds attestations and does not say of which of its images`, {
    hint: `Save each image into a folder of its own, and name them all in \`layouts\`: ${folder} holds attestations, and several images that they may be of.`,
  });
}
