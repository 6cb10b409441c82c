const DOCKERFILE = /^(?:(?:Docker|Container)file(?:\.[\w-]+)*|[\w.-]+\.(?:docker|container)file)$/i;
// What a Dockerfile is made from, what is said of one, and what is left out of its context.
const NO_DOCKERFILE = /\.(?:dockerignore|md|txt|j2|jinja2?|tmpl|template|tpl|erb|in|orig|rej|bak)$/i;

/** Whether a file is called as those are that images are built by. */
export function isDockerfile(name: string): boolean {
  return DOCKERFILE.test(name) && !NO_DOCKERFILE.test(name);
}
