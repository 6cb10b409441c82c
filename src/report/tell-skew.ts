/** How a clock stands to ours, if it differs. */
export function tellSkew(skewMs: number | undefined): string[] {
  return skewMs === undefined ? [] : [`clock ${Math.abs(skewMs) / 1000} s ${skewMs > 0 ? 'ahead' : 'behind'}`];
}
