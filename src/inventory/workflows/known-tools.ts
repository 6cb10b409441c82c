/** What a step can do to an artifact. */
export type Activity = 'build' | 'push' | 'deploy' | 'test';

/** Commands that do it, by their first words; one of one word stands for the command whatever follows it. */
export const COMMANDS: Readonly<Record<Activity, readonly string[]>> = {
  build: listed(`
    docker build, docker image build, docker buildx build, docker buildx bake, docker compose build, docker-compose build,
    buildah bud, buildah build, podman build, nerdctl build, depot build, depot bake, img build, ko build, ko publish, ko
    resolve, ko apply, pack build, az acr build, gcloud builds submit, skaffold build, skaffold run, werf build, werf
    converge, /kaniko/executor, executor --context, earthly
  `),
  push: listed(`
    docker push, docker image push, docker compose push, docker-compose push, buildah push, podman push, nerdctl push, ko
    build, ko publish, ko resolve, ko apply, az acr build, gcloud builds submit, skaffold build, skaffold run, werf build,
    werf converge, /kaniko/executor, skopeo copy, crane push, crane copy, crane cp, regctl image copy
  `),
  deploy: listed(`
    docker compose up, docker-compose up, docker service update, cdk deploy, aws cloudformation deploy, aws cloudformation create-stack,
    aws cloudformation update-stack, gcloud deploy releases create, heroku container:push, heroku container:release, sam deploy, eb deploy,
    copilot deploy, copilot svc deploy, kamal deploy, ansible-playbook, vercel deploy, kn service, kubectl create, kubectl run, kubectl delete,
    kubectl apply, kubectl set, kubectl rollout restart, kubectl replace, kubectl patch, oc apply, oc set, oc rollout
    latest, helm upgrade, helm install, helmfile apply, helmfile sync, kustomize edit set, argocd app sync, argocd app set,
    flux reconcile, kapp deploy, aws ecs update-service, aws ecs deploy, aws deploy create-deployment, aws lambda
    update-function-code, gcloud run deploy, gcloud run services update, flyctl deploy, fly deploy, serverless deploy, sls
    deploy, terraform apply, tofu apply, pulumi up, nomad job run, cf push, az webapp config, az containerapp update, az
    containerapp up, werf converge, skaffold run, skaffold deploy, ko apply, docker stack deploy
  `),
  test: listed(`
    vitest, jest, mocha, ava, pytest, tox, nox, go test, gotestsum, cargo test, cargo nextest, ctest, bats, cypress,
    playwright test, newman, k6, rspec, phpunit, dotnet test, behave, robot, deno test, bun test, npm test, npm t, yarn
    test, pnpm test, bun run test, make test, make check, mvn test, mvn verify, ./mvnw verify, ./mvnw test, gradle test,
    gradle check, ./gradlew test, ./gradlew check, python -m pytest, python3 -m pytest, helm test, container-structure-test,
    goss, dgoss, bazel test, swift test, mix test, rake test
  `),
};

/** Actions that do it, by the part of `uses` before `@`. */
export const ACTIONS: Readonly<Record<Activity, readonly string[]>> = {
  build: listed(`
    docker/build-push-action, docker/bake-action, depot/build-push-action, depot/bake-action, redhat-actions/buildah-build,
    azure/acr-build, docker/github-builder
  `),
  push: listed(`
    redhat-actions/push-to-registry, azure/acr-build, docker/github-builder
  `),
  deploy: listed(`
    azure/k8s-deploy, azure/webapps-deploy, azure/container-apps-deploy-action,
    aws-actions/amazon-ecs-deploy-task-definition, google-github-actions/deploy-cloudrun, superfly/flyctl-actions,
    deliverybot/helm, actions-hub/kubectl
  `),
  test: listed(`
    cypress-io/github-action, grafana/k6-action, grafana/run-k6-action
  `),
};

/** The names of a list that is written as text. */
export function listed(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim().replaceAll(/\s+/g, ' '))
    .filter((name) => name !== '');
}
