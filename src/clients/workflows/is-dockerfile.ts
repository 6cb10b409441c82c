const DOCKERFILE = /^(?:[Dd]ocker|[Cc]ontainer)file(?:[.-][\w.-]+)?$|^[\w.-]+\.(?:[Dd]ocker|[Cc]ontainer)file$/;
// What a Dockerfile is made from, what is said of one or checks one, and what is left out of its context.
const NO_DOCKERFILE =
  /\.(?:dockerignore|md|txt|j2|jinja2?|tmpl|template|tpl|erb|in|orig|rej|bak|lock|snap|[cm]?[jt]sx?|go|py|rb|rs|java|kt|cs|php|sh|ps1|ya?ml|(?:nd)?json|jsonl|toml|html?|png|svg)$/i;

/** Whether a file is called as those are that images are built by. */
export function isDockerfile(name: string): boolean {
  return DOCKERFILE.test(name) && !NO_DOCKERFILE.test(name);
}
