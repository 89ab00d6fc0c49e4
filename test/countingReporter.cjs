'use strict';
// mocha's Spec reporter, which also appends a line for each file of tests to the file that TEST_COUNTS names:
// `{"file":name,"passes":n,"failures":n,"pending":n}`. So one closing line can count the tests of several mocha runs.
//
// Use: `mocha --reporter ./test/countingReporter.cjs`, or `new Mocha({ reporter: require('./countingReporter.cjs') })`.
const { appendFileSync } = require('node:fs');
const { reporters } = require('mocha');

class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const counts = new Map();
    const count = (what) => (runnable) => {
      const file = runnable.file ?? runnable.parent?.file ?? '';
      const known = counts.get(file) ?? { file, passes: 0, failures: 0, pending: 0 };
      counts.set(file, { ...known, [what]: known[what] + 1 });
    };
    runner.on('pass', count('passes')).on('fail', count('failures')).on('pending', count('pending'));
    runner.once('end', () => {
      const lines = [...counts.values()].map((each) => `${JSON.stringify(each)}\n`);
      if (process.env.TEST_COUNTS) appendFileSync(process.env.TEST_COUNTS, lines.join(''));
    });
  }
}

module.exports = CountingReporter;
