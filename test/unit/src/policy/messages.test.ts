// The text of each message of this part, as test/unit/messages.txt lists it.

import { checkMessages } from '../../../support/messages/check.ts';
import { POLICY } from '../../../support/messages/policy.ts';

checkMessages('the cache policy', POLICY);
