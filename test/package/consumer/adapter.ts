// An implementation in a process of its own, which `conformance.ts` starts.

import { createCoreDriver, serveDriver } from 'hammer-io-kit/kit';

serveDriver({ driver: (shape) => createCoreDriver(shape), hello: { name: 'packed core' } });
