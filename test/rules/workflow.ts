import { type Scenario, scenario } from 'selfsame/testing';

/** A repository whose one workflow has these jobs. */
export function workflow(jobs: string, on = '{ push: { branches: [main] } }'): Scenario {
  return scenario().at('09:00').wrote('.github/workflows/release.yml', `on: ${on}\njobs:\n${jobs}`);
}

/** The step that builds and pushes the payments service. */
export const BUILD = '{ id: build, uses: docker/build-push-action@v6, with: { push: true, tags: "ghcr.io/acme/payments:1.4" } }';
