// The error of a driver that cannot do what it was asked. It stands apart so that the driver of production loads nothing of the
// model, whose snapshots `driver.ts` shares with whoever compares.

/**
 * The action cannot happen in this state: the device, the kernel or the client is not in a position to do it. That is no
 * broken promise; a generator of actions should not have offered it.
 */
export class NotOffered extends Error {
  override readonly name = 'NotOffered';
}
