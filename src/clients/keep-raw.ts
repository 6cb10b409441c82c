import type { Edge } from '../collect/define-source.ts';
import type { Digest } from '../domain/digest.ts';
import { parseJson } from '../domain/parse-json.ts';
import { redactCommand, redactText, redactValue } from './redact.ts';

/** Keeps a document that a finding may cite beside the observations, and names it; undefined where it is not kept. */
export type Keep = (document: Uint8Array) => Digest | undefined;

/** A keeper of documents in which nothing looks like a credential: bytes cannot be redacted and stay what was signed or hashed. */
export function rawKeeper({ keep }: Pick<Edge, 'keep'>): Keep {
  return (document) => (isPlain(Buffer.from(document).toString('utf8')) ? keep(document) : undefined);
}

/** Whether a text gives nothing away: as it stands, and as what JSON it is, however that is laid out. */
function isPlain(text: string): boolean {
  if (redactText(text) !== text) return false;
  const open: unknown[] = [parseJson(text)];
  for (let value = open.pop(); value !== undefined || open.length > 0; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      const words = value.map((word) => (typeof word === 'string' ? word : ''));
      if (redactCommand(words).some((word, at) => word !== words[at])) return false;
    }
    for (const [name, one] of Object.entries(value)) {
      if (typeof one !== 'string') open.push(one);
      else if (!Array.isArray(value) && redactValue(name, one) !== one) return false;
      else if (name === 'payload' && !isPlain(Buffer.from(one, 'base64').toString('utf8'))) return false;
    }
  }
  return true;
}
