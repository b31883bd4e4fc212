// The generated documents are what the catalogue says now.

import { describe, expect, it } from 'vitest';
import { DOCUMENTS, documentFile, readDocument } from '../../check/write-docs.ts';

describe('generated documents', () => {
  it.each(Object.entries(DOCUMENTS))('%s equals its generator’s output', (path, text) => {
    const isFresh = readDocument(documentFile(path)) === text();
    expect(isFresh, `${path} is stale: run npm run docs`).toBe(true);
  });
});
