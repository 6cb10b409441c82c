import type { Report } from '../domain/report.ts';

/** Names the code that judged beside this program's own, each file with the digest of what was loaded. */
export function tellCode({ code = [] }: Pick<Report, 'code'>): readonly string[] {
  return code.map(({ path, digest }) => `judged by code of yours: ${path} (${digest})`);
}
