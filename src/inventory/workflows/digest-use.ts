import type { JobSubject, PlacedStep } from './subject.ts';

const READS_DIGEST =
  /\boutputs\.(?:digest|metadata|imageid|imageId|image-digest)\b|--metadata-file|--iidfile|--digestfile|--image-refs|RepoDigests|metadata-file/;
/** What prints the reference of an image by its digest. */
const DIGEST_COMMANDS = [
  'ko ',
  'crane digest',
  'skopeo inspect',
  'docker inspect',
  'docker buildx imagetools',
  'regctl image digest',
  'oras resolve',
];

/** Whether a job that builds hands on what it built by its digest: to its outputs, to a later step, or to a file. */
export function handsOnDigest({ job }: JobSubject, steps: readonly PlacedStep[]): boolean {
  const written = [
    ...Object.values(job.outputs),
    ...steps
      .filter(isNoAttestation)
      .flatMap((step) => [...Object.values(step.with), ...Object.values(step.env), ...step.commands.map((command) => command.join(' '))]),
  ];
  return written.some((text) => READS_DIGEST.test(text) || DIGEST_COMMANDS.some((name) => text.startsWith(name)));
}

/** Who only attests or signs what was built hands it to nobody. */
function isNoAttestation({ uses = '', commands }: PlacedStep): boolean {
  return !/attest|cosign/.test(uses) && !commands.some(([name]) => name === 'cosign');
}
