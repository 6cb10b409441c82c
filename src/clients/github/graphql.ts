import { z } from 'zod';
import { groupBy } from '../../domain/order.ts';
import { AuditError, unreadable } from '../../error.ts';
import type { Github } from '../github.ts';

/** A git object that is asked for: of a repository, by an expression (`COMMIT:path`) or by its id. */
export type Wish = Readonly<{ repository: string } & ({ expression: string } | { oid: string })>;

/** How objects are asked for: which of their fields, what is used of them, and how many fit into one query. */
export type Manner<S extends z.ZodType> = Readonly<{ fields: string; schema: S; most: number }>;

/** An object as it was asked for; undefined where there is none, and why where it may not be read. */
export type Granted<T> = T | AuditError | undefined;

const Answer = z.object({
  data: z.record(z.string(), z.record(z.string(), z.unknown()).nullable()).nullish(),
  errors: z
    .array(z.object({ type: z.string().optional(), path: z.array(z.union([z.string(), z.number()])).optional(), message: z.string() }))
    .default([]),
});
type Answer = z.output<typeof Answer>;
type Placed = Readonly<{ wish: Wish; alias: string; at: number }>;

const REPOSITORY = /^[\w.-]+\/[\w.-]+$/;

/** Objects of repositories, in the order of the wishes: as many in one query as fit, and fewer where GitHub does not get done. */
export async function askObjects<S extends z.ZodType>(
  github: Github,
  wishes: readonly Wish[],
  manner: Manner<S>,
): Promise<readonly Granted<z.output<S>>[]> {
  const parts = Array.from({ length: Math.ceil(wishes.length / manner.most) }, (_, nth) =>
    wishes.slice(nth * manner.most, (nth + 1) * manner.most),
  );
  const granted = await Promise.all(parts.map((part) => askPart(github, part, manner)));
  return granted.flat();
}

async function askPart<S extends z.ZodType>(
  github: Github,
  wishes: readonly Wish[],
  manner: Manner<S>,
): Promise<readonly Granted<z.output<S>>[]> {
  try {
    return await askOnce(github, wishes, manner);
  } catch (error) {
    const isTooMuch = error instanceof AuditError && (error.because === 'unreachable' || error.because === 'too-large');
    if (!(error instanceof AuditError) || error.exitCode === 2) throw error;
    if (!isTooMuch || wishes.length === 1) return wishes.map(() => error);
    const half = Math.ceil(wishes.length / 2);
    const halves = [wishes.slice(0, half), wishes.slice(half)];
    return (await Promise.all(halves.map((part) => askPart(github, part, manner)))).flat();
  }
}

async function askOnce<S extends z.ZodType>(
  github: Github,
  wishes: readonly Wish[],
  { fields, schema }: Manner<S>,
): Promise<readonly Granted<z.output<S>>[]> {
  const named = wishes.filter(({ repository }) => REPOSITORY.test(repository));
  const groups = [...groupBy(named, ({ repository }) => repository)];
  const placed = groups.map(([repository, group], nth) => ({
    repository,
    alias: `r${nth}`,
    wishes: group.map((wish, at): Placed => ({ wish, alias: `o${at}`, at: wishes.indexOf(wish) })),
  }));
  const query = `query {\n${placed.map((one) => selectionOf(one, fields)).join('\n')}\n}`;
  const asked = {
    what: `files of ${groups
      .map(([repository]) => repository)
      .join(', ')
      .slice(0, 200)}`,
    permission: 'Contents: read',
  };
  const answer = await github.ask({ ...asked, route: `POST ${github.graphql}`, parameters: { query }, schema: Answer });
  refuseWhole(answer, asked.what);
  const granted: Granted<z.output<S>>[] = wishes.map(({ repository }) => nameless(repository));
  for (const { repository, alias, wishes: own } of placed)
    for (const { alias: object, at } of own) granted[at] = grantedIn(answer, { repository, alias, object }, schema);
  return granted;
}

function nameless(repository: string): AuditError {
  return unreadable('malformed', `"${repository}" is no repository`, { hint: 'Whatever names it has to say owner/name.' });
}

function selectionOf(
  { repository, alias, wishes }: Readonly<{ repository: string; alias: string; wishes: readonly Placed[] }>,
  fields: string,
): string {
  const [owner, name] = repository.split('/');
  const objects = wishes.map(({ wish, alias: object }) => {
    const by = 'oid' in wish ? `oid: ${JSON.stringify(wish.oid)}` : `expression: ${JSON.stringify(wish.expression)}`;
    return `    ${object}: object(${by}) { is: __typename ${fields} }`;
  });
  return `  ${alias}: repository(owner: ${JSON.stringify(owner)}, name: ${JSON.stringify(name)}) {\n${objects.join('\n')}\n  }`;
}

/** What is said of no single repository is said of all. */
function refuseWhole({ data, errors }: Answer, what: string): void {
  const limited = errors.find(({ type }) => type === 'RATE_LIMITED' || type === 'RATE_LIMIT');
  if (limited)
    throw unreadable('rate-limited', `${what}: the limit of GraphQL is reached`, {
      hint: 'Scan again in an hour, or name fewer repositories: GitHub counts GraphQL by itself.',
    });
  const [error] = errors.filter(({ path }) => path === undefined);
  if (error || !data)
    throw unreadable('unreachable', `${what}: GitHub answers ${quote(error?.message ?? 'nothing')}`, { hint: 'Scan again later.' });
}

type Position = Readonly<{ repository: string; alias: string; object: string }>;

function grantedIn<S extends z.ZodType>(
  { data, errors }: Answer,
  { repository, alias, object }: Position,
  schema: S,
): Granted<z.output<S>> {
  const error = errors.find(({ path: [first, second] = [] }) => first === alias && (second === undefined || second === object));
  if (error) return refusalOf(repository, error);
  const found = data?.[alias]?.[object];
  if (found === null) return undefined;
  const parsed = schema.safeParse(found);
  if (parsed.success) return parsed.data;
  return unreadable('malformed', `files of ${repository}: GitHub answers otherwise than it is documented`, { hint: 'Check `apiUrl`.' });
}

function refusalOf(repository: string, { type, message }: Answer['errors'][number]): AuditError {
  if (/\bSAML\b/.test(message))
    return unreadable('forbidden', `files of ${repository}: the organization wants a token that is authorized for its single sign-on`, {
      hint: 'Authorize the token for the organization (Settings, Developer settings, the token, "Configure SSO").',
    });
  if (type === 'NOT_FOUND')
    return unreadable('not-found', `GitHub shows no files of ${repository}`, {
      hint: `Check the name. GitHub hides what a token may not see: it needs Contents: read on ${repository}.`,
    });
  if (type === 'FORBIDDEN' || type === 'INSUFFICIENT_SCOPES')
    return unreadable('forbidden', `the token may not read files of ${repository}`, {
      hint: `Grant the token Contents: read on ${repository}.`,
    });
  return unreadable('unreachable', `files of ${repository}: GitHub answers ${quote(message)}`, { hint: 'Scan again later.' });
}

function quote(message: string): string {
  return `"${message.slice(0, 200)}"`;
}
