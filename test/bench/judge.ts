import { performance } from 'node:perf_hooks';
import { openLedger } from '../../src/inventory/ledger.ts';
import { judge, judgeAll } from '../../src/judge/judge.ts';
import { optionsOf } from '../../src/judge/policy.ts';
import { loadAll } from '../../src/registry.ts';
import { assembleReport } from '../../src/report/assemble.ts';
import { fleet, type Size } from './estate.ts';

/** Judges a fleet of 200,000 running containers with 20,000 digests by every rule, and half of it, so that what is quadratic shows. */
const rules = (await loadAll('rules')).filter(({ judges }) => judges === 'deployed');
const reporters = await loadAll('reporters');
const json = reporters.find(({ id }) => id === 'json');

function timed<T>(work: () => T): { ms: number; value: T } {
  const start = performance.now();
  const value = work();
  return { ms: performance.now() - start, value };
}

function measure(size: Size) {
  const { recording, plan } = fleet(size);
  const ledger = timed(() => openLedger([recording], plan));
  const rows = ledger.value.rows;
  const perRule = rules.map((rule) => {
    const options = optionsOf(rule, plan);
    const { ms } = timed(() => rows.forEach((row) => judge(rule, row, ledger.value, options)));
    return { id: rule.id, ns: (ms * 1e6) / rows.length };
  });
  const judged = judgeAll(rules, ledger.value, plan);
  const assembled = timed(() =>
    assembleReport({ recordings: [recording], ledger: ledger.value, rules, judged, judgedFiles: [], plan, version: 'bench' }),
  );
  const written = timed(() =>
    [...(json?.render(assembled.value, { width: 80, color: false }) ?? [])].reduce((sum, text) => sum + text.length, 0),
  );
  return {
    rows: rows.length,
    ledgerMs: ledger.ms,
    perRule,
    assembleMs: assembled.ms,
    reportMB: written.value / 1e6,
    reportMs: written.ms,
    findings: assembled.value.findings.length,
    tally: assembled.value.tally,
  };
}

const half = measure({ workloads: 50_000, digests: 10_000, lines: 200 });
const whole = measure({ workloads: 100_000, digests: 20_000, lines: 400 });
const oneLine = measure({ workloads: 20_000, digests: 4_000, lines: 1 });

const mean = whole.perRule.reduce((sum, { ns }) => sum + ns, 0) / whole.perRule.length;
const slowest = whole.perRule.toSorted((a, b) => b.ns - a.ns)[0];
const growth = whole.ledgerMs / half.ledgerMs;
process.stdout.write(
  `${JSON.stringify({ half, whole, oneLine, mean, slowest, growth, rssMB: process.memoryUsage().rss / 1e6 }, null, 2)}\n`,
);
const bars = [
  ['R1 mean over the rules ≤ 1,500 ns', mean <= 1_500],
  ['R1 no rule above 4,000 ns', (slowest?.ns ?? 0) <= 4_000],
  ['twice the fleet takes at most 2.6 times as long', growth <= 2.6],
  ['report at least 100 MB/s', whole.reportMB / (whole.reportMs / 1000) >= 100],
] as const;
for (const [bar, holds] of bars) process.stdout.write(`${holds ? 'holds ' : 'MISSED'}  ${bar}\n`);
process.exitCode = bars.every(([, holds]) => holds) ? 0 : 1;
