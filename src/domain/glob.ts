/** `*` stands for any text, slashes included; two pointers, so that no pattern can take long. */
export function matches(glob: string, text: string): boolean {
  let [g, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (glob[g] === '*') [star, mark] = [g++, t];
    else if (glob[g] === text[t]) [g, t] = [g + 1, t + 1];
    else if (star >= 0) [g, t] = [star + 1, ++mark];
    else return false;
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}
