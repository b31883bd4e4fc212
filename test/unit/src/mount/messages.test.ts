// The text of each message of this part, as test/unit/messages.txt lists it.

import { checkMessages } from '../../../support/messages/check.ts';
import { MOUNT } from '../../../support/messages/mount.ts';
import { VOLUMES } from '../../../support/messages/volumes.ts';

checkMessages('mounting and formatting', VOLUMES);
checkMessages('a mount', MOUNT);
