import type { Edge } from '../../collect/define-source.ts';
import type { AuditError } from '../../error.ts';
import { type Github, type GithubSettings, openGithub } from '../github.ts';
import { onceACollection } from '../once-a-collection.ts';
import { type Builds, openBuilds } from './builds.ts';
import type { LogDigests } from './log-reader.ts';

/** What one collection has of GitHub, from round to round. */
export type Session = Readonly<{
  github: Github;
  /** The digests in logs, by the numbers of their jobs. */
  logs: Map<string, Promise<LogDigests>>;
  /** The builds that were told of. */
  builds: Builds;
  /** The digests that gates named in their logs, and those whose attestations were asked for. */
  named: Set<string>;
  asked: Set<string>;
  /** The git trees of commits, or why they are not known. */
  trees: Map<string, string | AuditError>;
}>;

const opened = onceACollection((_: object, edge: Edge, settings: GithubSettings) => openSession(settings, edge));

/** The session of a configured source in a collection: what was answered in one round is not asked again in the next. */
export function sessionFor(config: object, settings: GithubSettings, edge: Edge): Promise<Session> {
  return opened(config, edge, settings);
}

async function openSession(settings: GithubSettings, edge: Edge): Promise<Session> {
  return {
    github: await openGithub(settings, edge),
    logs: new Map(),
    builds: openBuilds(),
    named: new Set(),
    asked: new Set(),
    trees: new Map(),
  };
}
