import { parseImageReference } from '../../domain/image-reference.ts';
import type { ManifestObject } from './manifest-object.ts';

// They describe or configure; nothing is started for what stands in them.
const STARTS_NOTHING: ReadonlySet<string> = new Set(['ConfigMap', 'Secret', 'CustomResourceDefinition']);
const NAMES = /^image(?:Name)?$/;

/** Whether an object names an image anywhere, in the ways that operators have: a reference, or its parts. */
export function holdsImage(object: ManifestObject, whole: unknown): boolean {
  return !STARTS_NOTHING.has(object.kind) && isHolding(whole);
}

function isHolding(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, one]) => (NAMES.test(key) && isImage(one)) || isHolding(one));
}

function isImage(value: unknown): boolean {
  if (typeof value === 'string') return parseImageReference(value) !== undefined;
  return typeof value === 'object' && value !== null && ['repository', 'name', 'reference'].some((key) => key in value);
}
