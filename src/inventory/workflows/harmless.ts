import { listed } from './known-tools.ts';

/** Programs that neither build, push, deploy nor test an image, whatever they are told. */
export const HARMLESS_PROGRAMS: ReadonlySet<string> = new Set(
  listed(`
    echo, printf, cat, ls, cd, pushd, popd, cp, mv, rm, mkdir, rmdir, touch, ln, chmod, chown, find, grep, egrep, sed, awk, cut, sort, uniq,
    head, tail, wc, tr, tee, test, [, [[, ]], true, false, :, exit, return, set, export, unset, local, declare, readonly, read, shift, trap,
    sleep, wait, date, pwd, basename, dirname, realpath, readlink, mktemp, diff, cmp, tar, gzip, gunzip, zip, unzip, xz, zstd, curl, wget, jq,
    yq, git, gh, pip, pip3, apt, apt-get, brew, apk, dnf, yum, gem, rustup, corepack, nvm, asdf, mise, cosign, syft, grype, trivy, hadolint,
    shellcheck, actionlint, eslint, prettier, biome, oxlint, tsc, ruff, black, mypy, flake8, golangci-lint, staticcheck, gofmt, openssl, gpg,
    ssh-keygen, ssh-add, ssh-agent, ssh-keyscan, base64, sha256sum, sha512sum, md5sum, psql, mysql, redis-cli, sqlite3, pg_isready, nc, dig,
    for, in, done, fi, case, esac, break, continue, function, let, seq, id, whoami, uname, hostname, df, du, free, ps, kill, which, type, env,
    printenv, stat, file, column, envsubst, oras, cyclonedx, snyk, semgrep, codecov, sleep, timeout, systemctl, service, usermod, groupadd
  `),
);

/** What some programs do that changes no environment: their first words. */
export const HARMLESS_COMMANDS: readonly string[] = listed(`
  docker login, docker logout, docker tag, docker pull, docker push, docker run, docker inspect, docker image, docker images, docker ps,
  docker logs, docker rm, docker rmi, docker stop, docker kill, docker info, docker version, docker system, docker network, docker volume,
  docker load, docker save, docker create, docker start, docker exec, docker cp, docker wait, docker manifest, docker scout, docker context,
  docker buildx create, docker buildx use, docker buildx inspect, docker buildx ls, docker buildx du, docker buildx prune,
  docker buildx imagetools, docker buildx version, docker builder, docker compose config, docker compose pull, docker compose push,
  docker compose logs, docker compose ps, docker compose down, docker compose exec, docker compose run, docker compose version,
  podman login, podman pull, podman run, podman tag, podman inspect, buildah login, skopeo inspect, skopeo login, skopeo list-tags,
  crane digest, crane manifest, crane config, crane ls, crane auth, crane tag, crane validate, regctl image digest, regctl registry,
  kubectl get, kubectl describe, kubectl logs, kubectl wait, kubectl config, kubectl version, kubectl diff, kubectl rollout status,
  kubectl rollout history, kubectl auth, kubectl cluster-info, kubectl top, kubectl explain, kubectl kustomize, kubectl port-forward,
  helm lint, helm template, helm repo, helm dependency, helm dep, helm package, helm pull, helm registry, helm list, helm ls, helm status,
  helm get, helm version, helm plugin, helm diff, helm show, helm unittest, kustomize build, kustomize version, kind get, kind load,
  aws sts, aws configure, aws ecr, aws s3, aws secretsmanager, aws ssm, aws ecs wait, aws ecs describe-services, aws ecs describe-tasks,
  aws eks update-kubeconfig, aws sso, gcloud auth, gcloud config, gcloud info, gcloud container clusters get-credentials, az login,
  az account, az acr login, az aks get-credentials, terraform init, terraform plan, terraform fmt, terraform validate, terraform output,
  terraform workspace, terraform version, terraform show, tofu init, tofu plan, tofu fmt, tofu validate, tofu output, pulumi preview,
  pulumi login, argocd login, argocd version, argocd app get, argocd app wait, argocd app diff, argocd context, flux check, flux get,
  flux version, npm ci, npm install, npm i, npm audit, npm pack, npm version, npm config, npm cache, npm ls, npm --version, yarn install,
  yarn --version, pnpm install, pnpm i, pnpm --version, bun install, go build, go mod, go vet, go generate, go install, go env,
  go version, go fmt, go list, go work, cargo build, cargo fmt, cargo clippy, cargo install, cargo check, mvn package, mvn compile,
  mvn install, mvn dependency, dotnet restore, dotnet build, dotnet tool, dotnet format, composer install, bundle install, poetry install,
  uv sync, uv pip, pipenv install, python -m pip, python3 -m pip, python -m venv, python3 -m venv, make help, apt-key add
`);
