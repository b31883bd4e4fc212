// The text of each message of this part, as test/unit/messages.txt lists it.

import { checkMessages } from '../../../../support/messages/check.ts';
import { DEVICES } from '../../../../support/messages/devices.ts';

checkMessages('devices', DEVICES);
