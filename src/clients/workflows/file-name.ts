/** Which file it is: its repository without its host, the commit where one is known, what it was called by, and the path within it. */
export type FileName = Readonly<{ repository: string; commit?: string; ref?: string; path: string }>;
