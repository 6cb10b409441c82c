import { describe, expect, it } from 'vitest';
import { does, unreadIn } from '../../../src/inventory/workflows/activity.ts';
import { commandsOf } from '../../../src/inventory/workflows/commands.ts';
import type { PlacedStep } from '../../../src/inventory/workflows/subject.ts';

const nothing = {
  line: 1,
  runs: 'always' as const,
  isPassedOver: false,
  id: undefined,
  if: undefined,
  uses: undefined,
  with: {},
  env: {},
  commands: [],
};
const runs = (script: string): PlacedStep => ({ ...nothing, commands: commandsOf(script) });
const uses = (action: string, given: Readonly<Record<string, string>> = {}): PlacedStep => ({ ...nothing, uses: action, with: given });
const ACTIVITIES = ['build', 'push', 'deploy', 'test'] as const;
const told = (step: PlacedStep) => ACTIVITIES.filter((activity) => does(activity, step));

describe('what a step does', () => {
  it.each<[string, readonly string[]]>([
    ['docker build -t payments .', ['build']],
    ['docker --context builder buildx build --platform linux/amd64 --push .', ['build', 'push']],
    ['docker buildx build --output=type=registry .', ['build', 'push']],
    ['docker buildx imagetools create -t a b', []],
    ['/kaniko/executor --destination x', ['build', 'push']],
    ['ko build ./cmd/payments', ['build', 'push']],
    ['./mvnw -B package jib:build', ['build', 'push']],
    ['./gradlew build', []],
    ['pack build payments --publish', ['build', 'push']],
    ['docker push x', ['push']],
    ['kubectl -n payments set image deployment/payments app=x', ['deploy']],
    ['kubectl get pods', []],
    ['kubectl rollout status deployment/payments', []],
    ['helm --kube-context prod upgrade payments chart', ['deploy']],
    ['helm lint chart', []],
    ['aws ecs wait services-stable', []],
    ['aws --region eu-west-1 ecs update-service --service payments', ['deploy']],
    ['npx vitest run', ['test']],
    ['npm run test:e2e', ['test']],
    ['pnpm test', ['test']],
    ['poetry run pytest -q', ['test']],
    ['bundle exec rspec', ['test']],
    ['echo docker build . docker push x', []],
  ])('%s', (script, activities) => {
    expect(told(runs(script))).toEqual(activities);
  });

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['docker/build-push-action@v6', { push: 'true' }, ['build', 'push']],
    ['Docker/Build-Push-Action@v6', { push: "${{ github.event_name != 'pull_request' }}" }, ['build', 'push']],
    ['docker/build-push-action@v6', { push: 'false', load: 'true' }, ['build']],
    ['docker/build-push-action@v6', { outputs: 'type=image,push=true' }, ['build', 'push']],
    ['docker/bake-action@v5', { set: '*.output=type=registry' }, ['build', 'push']],
    ['azure/k8s-deploy@v5', {}, ['deploy']],
    ['cypress-io/github-action@v6', {}, ['test']],
    ['actions/checkout@v4', {}, []],
  ])('%s with %o', (action, given, activities) => {
    expect(told(uses(action, given))).toEqual(activities);
  });
});

describe('what a step runs that was not read', () => {
  it.each<[string, string | undefined]>([
    ['./scripts/release.sh --fast', './scripts/release.sh --fast'],
    ['make release', 'make release'],
    ['npm run build', 'npm run build'],
    ['npm test', undefined],
    ['yarn', undefined],
    ['yarn --frozen-lockfile', undefined],
    ['yarn install --immutable', undefined],
    ['yarn test', undefined],
    ['yarn deploy', 'yarn deploy'],
    ['yarn run release', 'yarn run release'],
    ['python scripts/ship.py', 'python scripts/ship.py'],
    ['node -p 1+1', undefined],
    ['bash -c "npm test"', undefined],
    ['kubectl apply -f deploy', undefined],
  ])('%s', (script, unread) => {
    expect(unreadIn(runs(script))).toBe(unread);
  });

  it.each<[string, string | undefined]>([
    ['acme/ship@v3', 'acme/ship@v3'],
    ['docker://ghcr.io/acme/tool:1', 'docker://ghcr.io/acme/tool:1'],
    ['actions/setup-node@v4', undefined],
    ['docker/login-action@v3', undefined],
    ['aws-actions/configure-aws-credentials@v4', undefined],
    ['docker/build-push-action@v6', undefined],
  ])('%s', (action, unread) => {
    expect(unreadIn(uses(action))).toBe(unread);
  });
});
