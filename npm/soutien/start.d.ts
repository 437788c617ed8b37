
/** What `start` takes. What is undefined, null or false is left out. */
export type StartOptions = { [Key in keyof Options]: Options[Key] | null | false } & {
  /** Where the folder `site` of the package was copied to. Default: `/assets/soutien/`. */
  base?: string | null | false;
  /** The `integrity` of soutien.js in `site/manifest.json`: browsers then run that very file or none. Default: none. */
  integrity?: string | null | false;
};

/**
 * Puts the tag into the page, and resolves once Soutien is there, which is not before the reader sees the page. Rejects
 * where it cannot be, and on a server. A second call is a `soutien:problem`, changes nothing, and resolves as well.
 */
export function start(options?: StartOptions): Promise<Soutien>;
