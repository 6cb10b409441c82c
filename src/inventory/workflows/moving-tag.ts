import { bareTagsIn, imagesIn, moves } from './image-word.ts';
import type { Taken } from './promotion-steps.ts';
import type { PlacedStep } from './subject.ts';

/** The first image that a step deploys by a tag which is moved in the course of work. */
export function deployedByMovingTag(deploys: readonly PlacedStep[], environments: readonly string[]): Taken | undefined {
  return deploys
    .flatMap((step) => {
      const images = imagesIn(step).filter(({ tag }) => tag !== undefined && moves(tag, environments));
      const tags = bareTagsIn(step).filter((tag) => moves(tag, environments));
      return [...images.map(({ text }) => text), ...tags.map((tag) => `the tag ${tag}`)].map((image) => ({ image, line: step.line }));
    })
    .at(0);
}
