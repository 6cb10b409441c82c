import type { Provenance } from '../attestation/provenance.ts';
import type { BuildRecord } from '../domain/observation.ts';
import { redactRecord, redactText } from './redact.ts';

/** The part of a build record that its provenance tells. */
export type Made = Pick<BuildRecord, 'base' | 'arguments'> & Partial<Pick<BuildRecord, 'run' | 'source' | 'builder'>>;

/** What provenance says of how something was made, without credentials and without its time. */
export function madeBy({ run, source, bases, builder, arguments: given }: Provenance): Made {
  return {
    ...(run ? { run } : {}),
    ...(source ? { source } : {}),
    ...(builder ? { builder: redactText(builder) } : {}),
    base: bases.map(({ image, digest }) => ({ image, ...(digest ? { digest } : {}) })),
    // Redacted, but not concealed: whoever writes a statement must not choose what is struck out of a report.
    arguments: redactRecord(given),
  };
}
