// Real database, real sockets: one embedded PostgreSQL for the run (global setup), a database per test file from a template.
// Two tiers here: `npm test` stays under five minutes; .ci/run sets HUB_TEST_TIER=ci and runs these too. Longer still: npm run proof.
const CI_ONLY = [
  '<rootDir>/test/faults/crash.test.ts',
  '<rootDir>/test/faults/openssh-hostile.test.ts',
  '<rootDir>/test/faults/outbound-kill.test.ts',
  '<rootDir>/test/stories/apply-running.test.ts',
  '<rootDir>/test/stories/doctor.test.ts',
  '<rootDir>/test/stories/feed-commands.test.ts',
];

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/adapters'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2024',
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testPathIgnorePatterns: process.env.HUB_TEST_TIER === 'ci' ? [] : CI_ONLY,
  maxWorkers: 2,
  testTimeout: 60_000,
};
