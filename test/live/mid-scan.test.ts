import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Report } from 'selfsame';
import { afterEach, describe, expect, it } from 'vitest';
import { type Audit, openAudit } from './audit.ts';
import { forgetThePast, type Passing, type Pilot, startPilot } from './pilot.ts';
import { MORE_THAN_A_PAGE, type Story } from './play.ts';

const { LIVE_STATE = '' } = process.env;
const opened: Audit[] = [];
const pilots: Pilot[] = [];
afterEach(async () => {
  for (const { folder } of opened.splice(0)) rmSync(folder, { recursive: true });
  for (const pilot of pilots.splice(0)) await pilot.stop();
});

function story(): Story {
  return JSON.parse(readFileSync(path.join(LIVE_STATE, 'story.json'), 'utf8')) as Story;
}

/** Scans while something happens to the cluster before one of the requests. */
async function scanWhile(before: (passing: Passing) => Promise<boolean>, ...argv: readonly string[]) {
  const pilot = await startPilot(story().servers, before);
  pilots.push(pilot);
  const one = openAudit(story(), { through: pilot.url });
  opened.push(one);
  const { status, stdout } = await one.run('scan', '--report', 'json', ...argv);
  return { status, report: Report.parse(JSON.parse(stdout)), passed: pilot.passed };
}

const isNextPage = ({ url }: Passing) => /^\/api\/v1\/pods\?.*continue=/.test(url);

function instancesOfCart({ rows }: Report): number | undefined {
  return rows.find(({ where }) => where === 'production/harbour/shop-prd/Deployment/cart/api')?.instances;
}

describe.runIf(LIVE_STATE)('while a cluster is read,', () => {
  it('a list that expires between two pages is begun again, and is whole', async () => {
    let isForgotten = false;

    const { status, report, passed } = await scanWhile(async (passing) => {
      if (isNextPage(passing) && !isForgotten) {
        isForgotten = true;
        await forgetThePast(story().servers);
      }
      return true;
    });

    expect(passed.filter((url) => url.startsWith('/api/v1/pods?'))).toHaveLength(4);
    expect([status, report.gaps, instancesOfCart(report)]).toEqual([1, [], MORE_THAN_A_PAGE]);
  });

  it('a list that expires every time is read to its end, and is not called whole', async () => {
    const { status, report } = await scanWhile(
      async (passing) => {
        if (isNextPage(passing)) await forgetThePast(story().servers);
        return true;
      },
      '--only',
      'production/cart',
    );

    expect([status, instancesOfCart(report)]).toEqual([3, MORE_THAN_A_PAGE]);
    expect(report.gaps).toMatchObject([{ because: 'incomplete', hint: expect.stringContaining('It expired twice') }]);
  });

  it.each([0, 1, 2, 4, 9, 13])('the server that is gone from request %i on never leaves a clean scan', async (at) => {
    const { status, report } = await scanWhile(async ({ nth }) => nth < at, '--only', 'production/cart');

    expect(status).toBe(3);
    expect(report.gaps).toContainEqual(
      expect.objectContaining({ because: 'unreachable', scope: expect.objectContaining({ source: 'harbour' }) }),
    );
  });

  it('the server that stops in the middle of a list is waited for until the deadline, and what it showed is reported', async () => {
    const server = Number(readFileSync(path.join(LIVE_STATE, 'pid', 'kube-apiserver'), 'utf8'));
    const halted = async (passing: Passing) => {
      if (passing.url.startsWith('/apis/apps/v1/replicasets')) process.kill(server, 'SIGSTOP');
      return true;
    };

    const { status, report } = await scanWhile(halted, '--timeout', '5s').finally(() => process.kill(server, 'SIGCONT'));

    expect(status).toBe(3);
    expect(report.gaps).toContainEqual(
      expect.objectContaining({ because: 'incomplete', scope: expect.objectContaining({ cluster: 'harbour' }) }),
    );
  });
});
