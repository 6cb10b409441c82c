/** What every help ends with. */
export const EXIT_CODES =
  'Exit codes: 0 complete and clean, 1 drift, 2 usage or configuration,\n  3 inconclusive, 4 the audit failed. `selfsame COMMAND --help` has examples.';

const DIGEST = 'sha256:9c8a3d020aa6ade60fc51f0e359f661150ef8160b20bdcb43eceb29b80fa3715';
const NIGHT = 'nights/2026-11-25T02-00-00.000Z';

/** What the exit codes of one command mean, where it is no audit. */
export const EXIT_CODES_OF_VERIFYING =
  '\nExit codes: 0 all of it verifies, 1 something does not or there is nothing to verify,\n  2 usage or configuration (a place that is not there too), 3 a pack is whole and nobody\n  was named who must have sealed it (--sealed-by), 4 something could not be read.\n';

/** How each command is typed, from the simplest on. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  init: ['selfsame init', 'selfsame init --print --offline', 'selfsame init --context shop-stg --context shop-prd --allow exec'],
  doctor: ['selfsame doctor', 'selfsame doctor --config ops/selfsame.yaml --json'],
  scan: [
    'selfsame scan',
    'selfsame scan --keep nights --report table --report json=audit.json',
    'selfsame scan --only "production/payments-*" --timeout 10m',
    'selfsame scan --source github-workflows .',
    'selfsame scan --report table --report html=payments.html --owner team-payments',
  ],
  collect: ['selfsame collect --out nights/monday'],
  judge: [
    `selfsame judge ${NIGHT}`,
    `selfsame judge ${NIGHT} --fail-on-new nights/2026-11-24T02-00-00.000Z`,
    'selfsame judge nights --at 2026-11-24T03:12:00Z',
    `selfsame judge ${NIGHT} --report html=audit.html`,
  ],
  check: [
    `selfsame check ghcr.io/acme/payments@${DIGEST} --to production`,
    `selfsame check ghcr.io/acme/payments@${DIGEST} --against nights --max-age 24h`,
    'selfsame check -f rendered/production --to production --against nights',
  ],
  explain: ['selfsame explain production/payments-api', `selfsame explain 9c8a3d020aa6 ${NIGHT}`],
  diff: [
    'selfsame diff staging/payments-api production/payments-api',
    'selfsame diff oci:build/image docker-archive:shipped.tar',
    'selfsame diff ghcr.io/acme/payments:1.4 ghcr.io/acme/payments:1.5 --platform linux/amd64',
  ],
  record: [
    `selfsame record build --image ghcr.io/acme/payments:1.4 --digest ${DIGEST} --out records.jsonl`,
    `selfsame record test --gate e2e --result passed --digest ${DIGEST} --out records.jsonl`,
    `selfsame record approve --environment production --by ada --requested-by grace --digest ${DIGEST}`,
    `selfsame record promote --from staging --to production --by ada --digest ${DIGEST}`,
    `selfsame record deploy --environment production --by argo --digest ${DIGEST}`,
  ],
  evidence: [
    'selfsame evidence export nights --from 2026-11-01 --to 2026-12-01 --out audit-2026-11 --sign-with SEAL_KEY',
    'selfsame evidence verify audit-2026-11 --sealed-by seal.pub',
    'selfsame evidence verify attestations',
    'selfsame evidence verify payments.sigstore.json --root trusted_root.json --issuer https://token.actions.githubusercontent.com --identity https://github.com/acme/payments/.github/workflows/release.yml@refs/heads/main',
    `selfsame evidence verify ${NIGHT} --json`,
  ],
  baseline: [`selfsame baseline ${NIGHT} --owner team-payments --because "found on the first day"`],
  rules: ['selfsame rules', 'selfsame rules rebuilt-after-test'],
  new: ['selfsame new rule not-rehearsed', 'selfsame new rule not-rehearsed --to ops/rules'],
  demo: ['selfsame demo', 'selfsame demo --report html=demo.html'],
  completion: ['selfsame completion bash >> ~/.bashrc', 'selfsame completion fish > ~/.config/fish/completions/selfsame.fish'],
};

/** The examples of a command, or of one of those below it, as its help shows them. */
export function examplesOf(command: string, below = ''): string {
  const lines = (EXAMPLES[command] ?? []).filter((line) => `${line} `.startsWith(`selfsame ${command} ${below && `${below} `}`));
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
