/** A package that is needed and that the user has to install is not there. The library itself, `hammer-io-kit`, needs none of these. */
export class MissingPackage extends Error {
  override readonly name = 'MissingPackage';
}
