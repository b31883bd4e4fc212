// The text of each message of this part, as test/unit/messages.txt lists it.

import { checkMessages } from '../../support/messages/check.ts';
import { KIT } from '../../support/messages/kit.ts';

checkMessages('the kit', KIT);
