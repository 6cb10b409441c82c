import { z } from 'zod';
import { Digest } from '../../domain/digest.ts';
import { byText } from '../../domain/order.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { type Content, checked, formatPlatform, type Held } from './content.ts';
import { instantOf } from './instant.ts';

const Text = z
  .string()
  .nullish()
  .transform((found) => found ?? '');
// Before schema 2, Docker wrote a command as one text.
const Words = z
  .union([z.array(z.string()), z.string()])
  .nullish()
  .transform((found) => (typeof found === 'string' ? [found] : (found ?? [])));
const Keys = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((found) => Object.keys(found ?? {}).toSorted(byText));
const Runtime = z.object({
  Env: Words,
  Entrypoint: Words,
  Cmd: Words,
  User: Text,
  WorkingDir: Text,
  Volumes: Keys,
  StopSignal: Text,
  Shell: Words,
  Labels: z.record(z.string(), z.string()).nullish(),
});
const Step = z.object({ created_by: Text, empty_layer: z.boolean().nullish() });
const Config = z.object({
  os: z.string().min(1),
  architecture: z.string().min(1),
  variant: z.string().nullish(),
  'os.version': z.string().nullish(),
  created: z.string().nullish(),
  config: Runtime.nullish(),
  rootfs: z.object({ diff_ids: z.array(Digest) }),
  history: z.array(Step).nullish(),
});

/** Reads an image config (OCI image-spec 1.1, config.md), nothing in it redacted yet. */
export function readConfig(digest: Digest, { body, locator }: Held): Extract<Content, { kind: 'config' }> {
  const json = checked(Config, parseStrictJson(body), 'an image config');
  const runtime = json.config ?? Runtime.parse({});
  const created = instantOf(json.created);
  return {
    kind: 'config',
    locator,
    digest,
    platform: formatPlatform(json),
    ...(created === undefined ? {} : { created }),
    diffIds: json.rootfs.diff_ids,
    history: (json.history ?? []).map((step) => ({ createdBy: step.created_by, empty: step.empty_layer ?? false })),
    runtime: {
      env: runtime.Env,
      entrypoint: runtime.Entrypoint,
      cmd: runtime.Cmd,
      user: runtime.User,
      workingDir: runtime.WorkingDir,
      volumes: runtime.Volumes,
      stopSignal: runtime.StopSignal,
      shell: runtime.Shell,
    },
    labels: runtime.Labels ?? {},
  };
}
