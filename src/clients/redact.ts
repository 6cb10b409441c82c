import { createHmac, randomBytes } from 'node:crypto';

// Words that name a credential wherever they stand, and words that do so at the end only (AUTH_URL and KEY_DIR name none).
const ANYWHERE: ReadonlySet<string> = new Set([
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'cookie',
  'bearer',
  'secret',
  'secrets',
  'token',
  'credential',
  'credentials',
  'apikey',
]);
const AT_THE_END: ReadonlySet<string> = new Set(['pass', 'pwd', 'key', 'auth', 'dsn', 'tokens', 'passwords']);
const PLACES: ReadonlySet<string> = new Set(['file', 'path', 'dir', 'url', 'uri', 'name', 'id']);

/** What gives a credential away by its form, whatever it is called. */
const FORMS = new RegExp(
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/,
    /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
    /\bAIza[\w-]{35}/,
    /\bgh[opsur]_\w{20,}/,
    /\bgithub_pat_\w{20,}/,
    /\bglpat-[\w-]{16,}/,
    /\bnpm_[A-Za-z0-9]{30,}/,
    /\bsk_live_\w{10,}/,
    /\bsk-[\w-]{20,}/,
    /\b(?:hvs\.|ya29\.|pypi-)[\w-]{16,}/,
    /\bxox[abeoprs]-[\w-]{10,}/,
    /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/,
    /(?<=\/\/)[^/\s:@]+:[^/\s@]+(?=@)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);
const ASSIGNMENT = /(?<![\w.-])(-{0,2}[A-Za-z_][\w.-]*)=("[^"\\]*(?:\\.[^"\\]*)*"|'[^']*'|[^\s"']+)/g;

// One table for the whole process, because two sources write into one recording; it holds no value, only what tells values apart.
const salt = randomBytes(32);
const numbers = new Map<string, Map<string, number>>();
/** Numbers of one process say nothing of another's: two collections may give one number to unequal values. */
const round = randomBytes(4).toString('hex');

/** A value as it may be kept: where its name or its form is a credential's, `redacted#n`, n numbering the values of that name. */
export function redactValue(name: string, value: string): string {
  if (value === '') return value;
  return isCredentialName(name) || value.search(FORMS) >= 0 ? numbered(name, value) : value;
}

/** A command line or a step of a build as it may be kept: what it assigns to a credential's name, or has a credential's form, is redacted. */
export function redactText(text: string): string {
  const assigned = text.replace(ASSIGNMENT, (whole, name: string, value: string) => {
    const bare = /^["']/.test(value) ? value.slice(1, -1) : value;
    const kept = redactValue(name.replace(/^-+/, ''), bare);
    return kept === bare ? whole : `${name}=${kept}`;
  });
  return assigned.replace(FORMS, (credential) => numbered('', credential));
}

/** Labels or annotations as they may be kept. A key that would name an object's prototype is no key. */
export function redactRecord(record: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(record).filter(([name]) => name !== '__proto__');
  return Object.fromEntries(kept.map(([name, value]) => [name, redactValue(name, value)]));
}

function isCredentialName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  return (AT_THE_END.has(last) && name !== 'PWD') || (!PLACES.has(last) && words.some((word) => ANYWHERE.has(word)));
}

function numbered(name: string, value: string): string {
  const values = numbers.get(name) ?? new Map<string, number>();
  numbers.set(name, values);
  const mark = createHmac('sha256', salt).update(value).digest('base64');
  const number = values.get(mark) ?? values.size + 1;
  values.set(mark, number);
  return `redacted#${number}@${round}`;
}
