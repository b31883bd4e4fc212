// The text of each message of this part, as test/unit/messages.txt lists it.

import { checkMessages } from '../../../support/messages/check.ts';
import { DIRECT } from '../../../support/messages/direct.ts';

checkMessages('direct I/O', DIRECT);
