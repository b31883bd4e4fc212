// Leaves the slow ones among the ordinary tests out of the mutation suites.

import { beforeEach } from 'vitest';
import { SLOW_TESTS } from './suites.ts';

beforeEach(({ task, skip }) => skip(SLOW_TESTS.includes(task.name), 'slow'));
