import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { byText } from '../../domain/order.ts';
import { parseDocument } from '../../domain/yaml.ts';

/** A job of a workflow file that matters to an audit: it pushes images, or is called like a check of what was deployed. */
export type Job = Readonly<{ file: string; job: string; does: 'pushes' | 'checks' }>;

const Step = z.looseObject({ uses: z.string().optional(), run: z.string().optional() });
const Workflow = z.looseObject({ jobs: z.record(z.string(), z.looseObject({ steps: z.array(Step).optional() })) });

const PUSHING_ACTION = /^(?:docker\/(?:build-push|bake)-action|redhat-actions\/push-to-registry)@/;
const PUSHING_COMMAND =
  /\b(?:docker push|docker buildx (?:build|bake)|podman push|buildah push|ko (?:build|publish)|crane (?:push|append)|skopeo copy|pack build|jib)\b/;
const CHECKING_JOB = /\b(?:e2e|end-to-end|smoke|acceptance|integration|load|regression)\b/i;

const MOST_FILES = 200;
const LARGEST_BYTES = 1024 * 1024;

/** The jobs of the GitHub workflows in a folder; files that are none are passed over. */
export async function readWorkflows(folder: string): Promise<readonly Job[]> {
  const place = path.join(folder, '.github', 'workflows');
  const names = await readdir(place).catch(() => []);
  const files = names.filter((name) => /\.ya?ml$/.test(name)).toSorted(byText);
  const jobs = await Promise.all(files.slice(0, MOST_FILES).map((name) => jobsIn(place, name)));
  return jobs.flat();
}

async function jobsIn(place: string, name: string): Promise<readonly Job[]> {
  const file = path.join(place, name);
  const status = await stat(file).catch(() => undefined);
  if (!status?.isFile() || status.size > LARGEST_BYTES) return [];
  const jobs = parsed(await readFile(file, 'utf8'));
  return Object.entries(jobs).flatMap(([job, { steps = [] }]) => {
    const does = doingOf(job, steps);
    return does ? [{ file: `.github/workflows/${name}`, job, does }] : [];
  });
}

function parsed(text: string): z.infer<typeof Workflow>['jobs'] {
  const document = parseDocument(text, { schema: 'failsafe' });
  if (document.errors.length > 0) return {};
  try {
    return Workflow.safeParse(document.toJS({ maxAliasCount: 50 })).data?.jobs ?? {};
  } catch {
    // Aliases that expand without end: whatever it is, it is no workflow.
    return {};
  }
}

function doingOf(job: string, steps: readonly z.infer<typeof Step>[]): Job['does'] | undefined {
  if (steps.some(({ uses = '', run = '' }) => PUSHING_ACTION.test(uses) || PUSHING_COMMAND.test(run))) return 'pushes';
  return CHECKING_JOB.test(job.replaceAll('_', '-')) ? 'checks' : undefined;
}
