/** A package that is needed and that the user has to install is not there. The library itself, `hammer-io-kit`, needs none of these. */
export class MissingPackage extends Error {
  override readonly name = 'MissingPackage';

  /** `use`: who needs it, and for what. */
  constructor(use: string, name: string, major: number) {
    super(`${use} ${name} ${major}, which is not installed: run \`npm install --save-dev ${name}@${major}\`.`);
  }
}
