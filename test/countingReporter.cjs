'use strict';
// mocha's Spec reporter, which also appends `{"passes":n,"failures":n,"pending":n}` as a line to the file that TEST_COUNTS
// names, so that one closing line can count the tests of several mocha runs.
//
// Use: `mocha --reporter ./test/countingReporter.cjs`, or `new Mocha({ reporter: require('./countingReporter.cjs') })`.
const { appendFileSync } = require('node:fs');
const { reporters } = require('mocha');

class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const file = process.env.TEST_COUNTS;
      if (!file) return;
      const { passes, failures, pending } = runner.stats;
      appendFileSync(file, `${JSON.stringify({ passes, failures, pending })}\n`);
    });
  }
}

module.exports = CountingReporter;
