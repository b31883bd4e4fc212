// Who is who: a program knows handles and tickets, the model knows clients. A client is whoever owns one handle, one ticket,
// or a handle with the ticket that keeps it busy; it is idle when both are gone, and then plays the next part.

import { NO_HANDLE, NO_TICKET, type Answer, type Handle, type HammerIoCore, type Ticket } from '../../../src/index.ts';

export interface Role {
  handle: Handle | undefined;
  ticket: Ticket | undefined;
}

export class Roles {
  readonly #roles: readonly Role[];

  constructor(clients: number) {
    this.#roles = Array.from({ length: clients }, () => ({ handle: undefined, ticket: undefined }));
  }

  of(client: number): Readonly<Role> {
    return this.#roles[client]!;
  }

  /** The first client that is idle. */
  idle(): number | undefined {
    return found(this.#roles.findIndex(({ handle, ticket }) => handle === undefined && ticket === undefined));
  }

  ofHandle(handle: Handle): number | undefined {
    return found(this.#roles.findIndex((role) => role.handle === handle));
  }

  ofTicket(ticket: number): number | undefined {
    return found(this.#roles.findIndex((role) => role.ticket === ticket));
  }

  /** What the answer to a client's own call gave it, and what the call ended; nothing else ends a handle or a ticket. */
  note(client: number, answer: Answer, core: HammerIoCore): void {
    const role = this.#roles[client]!;
    const { tickets, handles } = core.state;
    if (answer.ticket !== NO_TICKET) role.ticket = answer.ticket;
    if (answer.handle !== NO_HANDLE) role.handle = answer.handle;
    if (role.ticket !== undefined && tickets.find(role.ticket) === undefined) role.ticket = undefined;
    if (role.handle !== undefined && handles.find(role.handle) === undefined) role.handle = undefined;
  }
}

const found = (index: number): number | undefined => (index < 0 ? undefined : index);
