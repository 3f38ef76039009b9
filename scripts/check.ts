/**
 * Everything that must hold before a change lands: `npm test`. Ends with one line, `N passed, N failed`, in which each
 * tool counts as one check and every test of vitest as another.
 *
 * `npm test -- unit wasm` runs only those of vitest's projects, and none of the tools but the build.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';

const REPORT = '.out/vitest.json';
const projects = process.argv.slice(2);

const TOOLS = {
  lint: 'biome ci .',
  types: 'tsc -p .',
  'unused code': 'knip',
  'package layout': 'publint --strict',
  'types per condition': 'attw --pack . --profile node16 --format table-flipped --exclude-entrypoints ./weights/*',
  'reference pages': 'typedoc',
};

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of vitest's report that says why tests were skipped: their titles do. */
interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };

check('build', 'npm run build --silent');
if (projects.length === 0) for (const [name, command] of Object.entries(TOOLS)) check(name, command);
runTests();
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed > 0 ? 1 : 0;

/** One tool is one check. */
function check(name: string, command: string): void {
  console.log(`\n── ${name}: ${command}`);
  if (run(command)) counts.passed++;
  else counts.failed++;
}

function runTests(): void {
  console.log('\n── tests: vitest');
  mkdirSync('.out', { recursive: true });
  rmSync(REPORT, { force: true });
  const chosen = projects.map((name) => `--project ${name}`).join(' ');
  const succeeded = run(`vitest run ${chosen} --reporter default --reporter json --outputFile.json ${REPORT}`);
  const tests = readReport();
  counts.passed += tests.passed;
  counts.skipped += tests.skipped;
  // A run that fails outside its tests, such as in a file that does not load, is a failure too.
  counts.failed += succeeded ? tests.failed : Math.max(1, tests.failed);
}

function readReport(): Counts {
  try {
    const report = JSON.parse(readFileSync(REPORT, 'utf8'));
    printSkipped(report);
    return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function printSkipped({ testResults }: Report): void {
  const reasons = new Map<string, number>();
  for (const { status, fullName } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    if (status === 'passed' || status === 'failed') continue;
    const [reason] = /\(skipped: [^)]*\)/.exec(fullName) ?? ['(skipped)'];
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  for (const [reason, count] of reasons) console.log(`${count} tests ${reason}`);
}

function run(command: string): boolean {
  const path = [resolve('node_modules/.bin'), process.env.PATH].join(delimiter);
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit', env: { ...process.env, PATH: path } });
  return status === 0;
}
