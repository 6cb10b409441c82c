// Words that name a credential wherever they stand, alone or as the end of a longer one (PGPASSWORD), and words that do so at the end
// only (AUTH_URL and KEY_DIR name none).
const ANYWHERE = [
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
  'accesskey',
  'privatekey',
  'connectionstring',
];
const AT_THE_END: ReadonlySet<string> = new Set([
  'pwd',
  'key',
  'auth',
  'authorization',
  'dsn',
  'tokens',
  'passwords',
  'creds',
  'pat',
  'jwt',
  'sas',
]);
const PLACES: ReadonlySet<string> = new Set(['file', 'path', 'dir', 'url', 'uri', 'name', 'id']);

// The same names come again and again: keys of manifests, variables of images.
const known = new Map<string, boolean>();
const MOST_KNOWN = 10_000;
const LONGEST_KNOWN = 100;

/** Whether a variable, a flag, a label or a header is called as credentials are. */
export function isCredentialName(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  const found = isCalledLikeOne(name);
  if (name.length <= LONGEST_KNOWN && known.size < MOST_KNOWN) known.set(name, found);
  return found;
}

function isCalledLikeOne(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/conn(?:ection)?[^a-z0-9]?str(?:ing)?/, 'connectionstring')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  const isAtTheEnd = AT_THE_END.has(last) || last.endsWith('pass');
  return (isAtTheEnd && name !== 'PWD') || (!PLACES.has(last) && words.some((word) => ANYWHERE.some((end) => word.endsWith(end))));
}
