/** What a file sets by a name that somebody else chose: what every object has from the language is set by nobody. */
export function settingIn<V>(settings: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(settings, name) ? settings[name] : undefined;
}
