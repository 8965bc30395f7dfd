interface TooLarge {
  readonly folder: string;
  readonly bytes: number;
}

/** Every error of manifests. */
export const MANIFEST_ERRORS = {
  MANIFEST_TOO_LARGE: ({ folder, bytes }: TooLarge) => ({
    message: `the folder ${folder} takes ${Math.ceil(bytes / 1024)} KiB, and a ConfigMap holds 1024 KiB`,
    hint: 'Put it into an image: into that of Plinth (--migrations-in-image), or into one of its own (--migrations-image NAME:TAG); docs/jobs.md has both.',
  }),
};

/** What is said where nobody says what a manifest is to do. */
export const renderUnnamedManifest = (): string =>
  'manifest of what? Say plinth manifest job, or plinth manifest wait';
