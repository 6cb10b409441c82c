import { Digest } from '../../domain/digest.ts';

/** A digest that a log says was pushed: by which reference, when, and what it was exported beside. */
export type Pushed = Readonly<{ digest: Digest; reference: string; at: string | undefined; role: Role; members: readonly Digest[] }>;
type Role = 'index' | 'manifest' | 'unknown';

/** What a log names, and by what it has more than was read, if it has: whatever it prints is a claim. */
export type LogDigests = Readonly<{ pushed: readonly Pushed[]; named: ReadonlySet<string>; lost?: Lost | undefined }>;
/** Why a log was not read whole: a line too long that may name a digest, or digests too many. */
export type Lost = 'line' | 'digests';

/** How logs are read; another one than before has logs read again whose digests were kept. */
export const READER = '2';

// What pushes prints lines of a few hundred bytes; what tests may print a whole document in one.
const LONGEST_LINE = 256 * 1024;
const MOST_DIGESTS = 20_000;
const NEWLINE = 10;
const MARKS = ['sha256:', 'push refers'];
const LONGEST_MARK = 11;

const STAMP = /^\uFEFF?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z /;
// None of a sequence's parts holds an escape, so that looking for the end of one stops at the beginning of the next.
const ESCAPES = /\u001b(?:\[[0-9;:?]{0,32}[A-Za-z]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;
const NAMED = /(?<![0-9a-z])sha256:[0-9a-f]{64}(?![0-9a-z])/g;

const SHA = '(sha256:[0-9a-f]{64})';
// moby/buildkit, util/progress and exporter/containerimage, 2026: the one line of BuildKit that says a push is done.
const PUSHED_BY_BUILDKIT = new RegExp(`^#(\\d{1,6}) pushing manifest for ([^\\s@]{1,512})@${SHA} (?:[\\d.]{1,12}s )?done$`);
const EXPORTED = new RegExp(`^#(\\d{1,6}) exporting (manifest list|manifest) ${SHA} (?:[\\d.]{1,12}s )?done$`);
// docker/cli, `docker push`; kaniko, pkg/executor/push.go; ko, pkg/publish/default.go: each as it is printed in 2026.
const REFERS = /^The push refers to repository \[([^\s\]]{1,512})\]$/;
const PUSHED_BY_DOCKER = new RegExp(`^([\\w][\\w.-]{0,127}): digest: ${SHA} size: \\d{1,12}$`);
const PUSHED_BY_OTHERS = new RegExp(
  `(?:^INFO\\[\\d{1,6}\\] Pushed|^\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d Published) ([^\\s@]{1,512})@${SHA}$`,
);

type Told = {
  pushed: Pushed[];
  named: Set<string>;
  lost: Lost | undefined;
  exported: Map<string, { role: Role; digest: Digest }[]>;
  refers: string;
};

/** Reads a log as it arrives, keeping no more of it than a line and the digests that it names. */
export function openLogReader(): Readonly<{ push(piece: Buffer): void; end(): void; digests(): LogDigests }> {
  const told: Told = { pushed: [], named: new Set(), lost: undefined, exported: new Map(), refers: '' };
  let held = Buffer.alloc(0);
  let isPassingOver = false;
  const take = (line: Buffer) => (isPassingOver || line.length > LONGEST_LINE ? passOver(line, told) : readLine(line, told));
  return {
    push(piece) {
      const bytes = held.length > 0 ? Buffer.concat([held, piece]) : piece;
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        take(bytes.subarray(start, end));
        isPassingOver = false;
        start = end + 1;
      }
      const rest = bytes.subarray(start);
      isPassingOver ||= rest.length > LONGEST_LINE;
      if (isPassingOver) passOver(rest, told);
      // The next piece may end the mark that this one begins.
      held = Buffer.from(isPassingOver ? rest.subarray(1 - LONGEST_MARK) : rest);
    },
    end: () => take(held),
    digests: () => ({ pushed: told.pushed, named: told.named, lost: told.lost }),
  };
}

/** A line that names no digest is no loss, however long it is. */
function passOver(bytes: Buffer, told: Told): void {
  if (mayTell(bytes)) told.lost = 'line';
}

function mayTell(bytes: Buffer): boolean {
  return MARKS.some((mark) => bytes.includes(mark));
}

function readLine(bytes: Buffer, told: Told): void {
  if (!mayTell(bytes)) return;
  const line = bytes.toString('utf8').replaceAll(ESCAPES, '');
  const [stamp = '', at] = STAMP.exec(line) ?? [];
  // Progress writes over itself: what stood before a carriage return is a line as well.
  for (const text of line.slice(stamp.length).split('\r')) readText(text.trimEnd(), at && `${at}Z`, told);
}

function readText(text: string, at: string | undefined, told: Told): void {
  for (const [digest] of text.matchAll(NAMED))
    if (told.named.size < MOST_DIGESTS) told.named.add(digest);
    else if (!told.named.has(digest)) told.lost = 'digests';
  const [, vertex = '', kind, exported] = EXPORTED.exec(text) ?? [];
  if (exported) {
    const role = kind === 'manifest list' ? 'index' : 'manifest';
    told.exported.set(vertex, [...(told.exported.get(vertex) ?? []).slice(-100), { role, digest: Digest.parse(exported) }]);
    return;
  }
  told.refers = REFERS.exec(text)?.[1] ?? told.refers;
  const push = pushIn(text, told);
  if (!push) return;
  if (told.pushed.length < MOST_DIGESTS) told.pushed.push({ ...push, at });
  else told.lost = 'digests';
}

function pushIn(text: string, told: Told): Omit<Pushed, 'at'> | undefined {
  const [, vertex = '', name = '', built] = PUSHED_BY_BUILDKIT.exec(text) ?? [];
  if (built) {
    const exported = told.exported.get(vertex) ?? [];
    // Vertices are numbered anew in every build of a job.
    told.exported.delete(vertex);
    const digest = Digest.parse(built);
    const role = exported.find((one) => one.digest === digest)?.role ?? 'unknown';
    const members = role === 'index' ? exported.filter((one) => one.role === 'manifest').map((one) => one.digest) : [];
    return { digest, reference: name, role, members };
  }
  const [, tag = '', pushed] = PUSHED_BY_DOCKER.exec(text) ?? [];
  if (pushed && told.refers !== '')
    return { digest: Digest.parse(pushed), reference: `${told.refers}:${tag}`, role: 'unknown', members: [] };
  const [, reference = '', other] = PUSHED_BY_OTHERS.exec(text) ?? [];
  return other ? { digest: Digest.parse(other), reference, role: 'unknown', members: [] } : undefined;
}
