// The text of each message of this part, as test/unit/messages.txt lists it.

import { checkMessages } from '../../../../support/messages/check.ts';
import { FILES } from '../../../../support/messages/files.ts';

checkMessages('file ranges', FILES);
