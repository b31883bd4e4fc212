// The text of each message of this part, as test/unit/messages.txt lists it.

import { checkMessages } from '../../support/messages/check.ts';
import { COMMANDS } from '../../support/messages/commands.ts';

checkMessages('the commands', COMMANDS);
