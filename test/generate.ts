/** Writes the parts of files that come from the catalog. */
import { writeFile } from 'node:fs/promises';
import { generatedFiles } from './support/generated';

void generatedFiles().then(async (files) => Promise.all(files.map(async ({ path, text }) => writeFile(path, text))));
