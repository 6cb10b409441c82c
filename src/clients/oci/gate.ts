/** Runs jobs one after the other until one succeeds, and all at once from then on. */
export function openGate(): <T>(job: () => Promise<T>) => Promise<T> {
  let isOpen = false;
  let last: Promise<unknown> = Promise.resolve();
  return async (job) => {
    if (isOpen) return job();
    const before = last;
    const { promise, resolve: leave } = Promise.withResolvers<void>();
    last = promise;
    await before;
    try {
      if (isOpen) leave();
      const result = await job();
      isOpen = true;
      return result;
    } finally {
      leave();
    }
  };
}
