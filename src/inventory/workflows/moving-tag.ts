import { bareTagsIn, imagesIn } from './image-word.ts';
import type { Taken } from './promotion-steps.ts';
import type { PlacedStep } from './subject.ts';

/** The first image that a step deploys by a tag which is moved in the course of work. */
export function deployedByMovingTag(deploys: readonly PlacedStep[], moving: (tag: string) => boolean): Taken | undefined {
  return deploys
    .flatMap((step) => {
      const images = imagesIn(step).filter(({ tag }) => tag !== undefined && moving(tag));
      const tags = bareTagsIn(step).filter((tag) => moving(tag));
      return [...images.map(({ text }) => text), ...tags.map((tag) => `the tag ${tag}`)].map((image) => ({ image, line: step.line }));
    })
    .at(0);
}
