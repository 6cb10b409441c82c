import { type Provenance, provenanceOf } from '../../../attestation/provenance.ts';
import { inUtc } from '../../../domain/record.ts';
import { redactRecord } from '../../redact.ts';
import type { BuildFact } from './format.ts';

/** What provenance says of a build, beside its outputs and how far it can be trusted. */
export type Made = Pick<BuildFact, 'at' | 'run' | 'source' | 'base' | 'builder' | 'arguments'>;

/** The part of a build that its provenance tells. */
export function madeBy({ run, source, bases, builder, arguments: given, at }: Provenance): Made {
  return {
    ...(at ? { at: inUtc(at) } : {}),
    ...(run ? { run } : {}),
    ...(source ? { source } : {}),
    ...(builder ? { builder } : {}),
    base: [...bases],
    // Redacted, but not concealed: whoever writes a statement must not choose what is struck out of a report.
    arguments: redactRecord(given),
  };
}

/** The part of a build that a predicate tells which no statement encloses; nothing where there is none. */
export function madeAsPredicate(predicate: unknown): Made {
  if (typeof predicate !== 'object' || predicate === null || Object.keys(predicate).length === 0) return {};
  const version = 'buildDefinition' in predicate ? 'v1' : 'v0.2';
  const predicateType = `https://slsa.dev/provenance/${version}`;
  const provenance = provenanceOf({ subjects: [], predicateType, predicate, loggedAt: undefined });
  return provenance ? madeBy(provenance) : {};
}
