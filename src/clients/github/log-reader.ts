import { Digest } from '../../domain/digest.ts';

/** A digest that a log says was pushed: by which reference, when, and what it was exported beside. */
export type Pushed = Readonly<{ digest: Digest; reference: string; at: string | undefined; role: Role; members: readonly Digest[] }>;
type Role = 'index' | 'manifest' | 'unknown';

/** What a log names: whatever it prints is a claim. */
export type LogDigests = Readonly<{ pushed: readonly Pushed[]; named: ReadonlySet<string> }>;

/** How logs are read; another one than before has logs read again whose digests were kept. */
export const READER = '1';

// A line that is longer is passed over: what pushes prints lines of a few hundred bytes.
const LONGEST_LINE = 16 * 1024;
const MOST_DIGESTS = 20_000;
const NEWLINE = 10;
const MARK = Buffer.from('sha256:');

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

type Told = { pushed: Pushed[]; named: Set<string>; exported: Map<string, { role: Role; digest: Digest }[]>; refers: string };

/** Reads a log as it arrives, keeping no more of it than a line and the digests that it names. */
export function openLogReader(): Readonly<{ push(piece: Buffer): void; end(): void; digests(): LogDigests }> {
  const told: Told = { pushed: [], named: new Set(), exported: new Map(), refers: '' };
  let held = Buffer.alloc(0);
  let isPassingOver = false;
  return {
    push(piece) {
      const bytes = held.length > 0 ? Buffer.concat([held, piece]) : piece;
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        if (!isPassingOver) readLine(bytes.subarray(start, end), told);
        isPassingOver = false;
        start = end + 1;
      }
      isPassingOver ||= bytes.length - start > LONGEST_LINE;
      held = isPassingOver ? Buffer.alloc(0) : Buffer.from(bytes.subarray(start));
    },
    end() {
      if (!isPassingOver) readLine(held, told);
    },
    digests: () => ({ pushed: told.pushed, named: told.named }),
  };
}

function readLine(bytes: Buffer, told: Told): void {
  if (bytes.length > LONGEST_LINE || told.named.size >= MOST_DIGESTS) return;
  if (!bytes.includes(MARK) && !bytes.includes('push refers')) return;
  const line = bytes.toString('utf8').replaceAll(ESCAPES, '');
  const [stamp = '', at] = STAMP.exec(line) ?? [];
  // Progress writes over itself: what stood before a carriage return is a line as well.
  for (const text of line.slice(stamp.length).split('\r')) readText(text.trimEnd(), at && `${at}Z`, told);
}

function readText(text: string, at: string | undefined, told: Told): void {
  for (const [digest] of text.matchAll(NAMED)) told.named.add(digest);
  const [, vertex = '', kind, exported] = EXPORTED.exec(text) ?? [];
  if (exported) {
    const role = kind === 'manifest list' ? 'index' : 'manifest';
    told.exported.set(vertex, [...(told.exported.get(vertex) ?? []).slice(-100), { role, digest: Digest.parse(exported) }]);
    return;
  }
  told.refers = REFERS.exec(text)?.[1] ?? told.refers;
  const push = pushIn(text, told);
  if (push) told.pushed.push({ ...push, at });
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
