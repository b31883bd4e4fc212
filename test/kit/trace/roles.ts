// Who is who: a program knows handles and tickets, the model knows clients. A client is whoever owns one handle, one ticket,
// or a handle with the ticket that keeps it busy; it is idle when both are gone, and then plays the next part.

import type { Action } from '../../../spec/buffer/vocabulary.ts';
import { NO_HANDLE, NO_TICKET, type Answer, type Handle, type HammerIoCore, type Ticket } from '../../../src/index.ts';
import { UndoCover } from './undo-cover.ts';

export interface Role {
  handle: Handle | undefined;
  ticket: Ticket | undefined;
  readonly undo: UndoCover;
}

export class Roles {
  readonly #roles: readonly Role[];

  constructor(clients: number) {
    this.#roles = Array.from({ length: clients }, () => ({
      handle: undefined,
      ticket: undefined,
      undo: new UndoCover(),
    }));
  }

  of(client: number): Readonly<Role> {
    return this.#roles[client]!;
  }

  isIdle(client: number): boolean {
    const { handle, ticket } = this.of(client);
    return handle === undefined && ticket === undefined;
  }

  /** The first client that is idle. */
  idle(): number | undefined {
    return found(this.#roles.findIndex((_, client) => this.isIdle(client)));
  }

  ofHandle(handle: Handle): number | undefined {
    return found(this.#roles.findIndex((role) => role.handle === handle));
  }

  ofTicket(ticket: number): number | undefined {
    return found(this.#roles.findIndex((role) => role.ticket === ticket));
  }

  /** What the answer to a client's own call gave it, and what the call ended; nothing else ends a handle or a ticket. */
  note(action: Action & { readonly client: number }, answer: Answer, { view }: HammerIoCore): void {
    const role = this.#roles[action.client]!;
    if (answer.ticket !== NO_TICKET) role.ticket = answer.ticket;
    if (answer.handle !== NO_HANDLE) role.handle = answer.handle;
    const ticket = role.ticket === undefined ? undefined : view.tickets.find(role.ticket);
    const handle = role.handle === undefined ? undefined : view.handles.find(role.handle);
    if (ticket === undefined) role.ticket = undefined;
    if (handle === undefined) role.handle = undefined;
    role.undo.note(action, handle?.mods ?? 0, ticket?.at === 'cover', view.undoLog);
  }
}

const found = (index: number): number | undefined => (index < 0 ? undefined : index);
