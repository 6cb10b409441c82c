import { describe, expect, it } from 'vitest';
import { mistakeInAnswer, mistakeInCall } from './ecr-model.ts';

const digest = `sha256:${'c0ffee00'.repeat(8)}`;
const here = { registryId: '210987654321', repositoryName: 'payments/api' };
const images = (count: number) => Array.from({ length: count }, () => ({ imageDigest: digest }));

describe('a call of ECR', () => {
  it.each([
    ['BatchGetImage', { ...here, imageIds: images(100), acceptedMediaTypes: ['application/json'] }],
    ['DescribeImages', { ...here, maxResults: 1000 }],
    ['DescribeRepositories', { registryId: here.registryId, repositoryNames: ['payments/api', 'checkout'] }],
    ['ListImageReferrers', { ...here, subjectId: { imageDigest: digest }, maxResults: 50, filter: { artifactStatus: 'ANY' } }],
    ['GetLifecyclePolicy', here],
    ['GetDownloadUrlForLayer', { ...here, layerDigest: digest }],
  ])('%s is taken as the service describes it', (action, input) => {
    expect(mistakeInCall(action, input)).toBeUndefined();
  });

  it.each([
    ['what is required is missing', 'BatchGetImage', here, 'imageIds is required'],
    ['a list is too long', 'BatchGetImage', { ...here, imageIds: images(101) }, 'imageIds is not between 1 and 100'],
    ['a list is empty', 'BatchGetImage', { ...here, imageIds: [] }, 'imageIds is not between 1 and 100'],
    ['a page is too long', 'DescribeImages', { ...here, maxResults: 1001 }, 'maxResults is not between 1 and 1000'],
    [
      'a page of referrers is too long',
      'ListImageReferrers',
      { ...here, subjectId: { imageDigest: digest }, maxResults: 51 },
      'maxResults',
    ],
    ['an account is no number of twelve digits', 'GetLifecyclePolicy', { ...here, registryId: '2109' }, 'registryId is not as'],
    ['a repository has capitals', 'GetLifecyclePolicy', { ...here, repositoryName: 'Payments' }, 'repositoryName is not as'],
    [
      'a word is none of those that are known',
      'ListImageReferrers',
      { ...here, subjectId: { imageDigest: digest }, filter: { artifactStatus: 'ALL' } },
      'none of',
    ],
    ['a member is not described', 'DescribeImages', { ...here, images: [] }, 'images is not described'],
    ['an operation is not asked here', 'DeleteRepository', here, 'DeleteRepository is not described'],
  ])('is a mistake where %s', (_, action, input, mistake) => {
    expect(mistakeInCall(action, input)).toContain(mistake);
  });
});

describe('an answer of ECR', () => {
  it('is a mistake where a member is made up, or of another type', () => {
    const imageDetails = [{ imageDigest: digest, imagePushedAt: 1_772_355_600 }];

    expect(mistakeInAnswer('DescribeImages', { imageDetails })).toBeUndefined();
    expect(mistakeInAnswer('DescribeImages', { imageDetails: [{ ...imageDetails[0], pushed: 1 }] })).toContain('pushed is not described');
    expect(mistakeInAnswer('DescribeImages', { imageDetails: [{ imagePushedAt: '2026-03-01' }] })).toContain('is no time');
  });
});
