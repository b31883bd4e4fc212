// The text of each message of this part, as test/unit/messages.txt lists it.

import { checkMessages } from '../../../support/messages/check.ts';
import { INPUTS } from '../../../support/messages/inputs.ts';
import { PROMISES } from '../../../support/messages/promises.ts';

checkMessages('promises of a caller of the core', PROMISES);
checkMessages('inputs of the core', INPUTS);
