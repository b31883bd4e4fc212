// The numbers by which a core calls what it hands out. Each is a plain number that only the core makes: the brand keeps a
// handle from being passed for a ticket, and costs nothing at run time.

declare const brand: unique symbol;

/** A number that stands for a held buffer; stale after release, which is detected. */
export type Handle = number & { readonly [brand]: 'Handle' };

/** A number that stands for an unfinished call; stale when the call has finished or was cancelled, which is detected. */
export type Ticket = number & { readonly [brand]: 'Ticket' };

/** The number that is never a handle. */
export const NO_HANDLE = 0 as Handle;
/** The number that is never a ticket. */
export const NO_TICKET = 0 as Ticket;
