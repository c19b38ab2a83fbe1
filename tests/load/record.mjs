// What a load test asks of k6, whatever it is run with: its options, the requests of each scenario at each moment, what its
// checks make of an answer, and why it refuses to run. Without k6: its modules are stood for by what writes everything down.
// Usage: node record.mjs SCRIPT SEASON..
import { readFileSync } from 'node:fs';

const [path, ...seasons] = process.argv.slice(2);
const source = readFileSync(path, 'utf8');
const STATUSES = [0, 1, 200, 404, 499, 500, 503];
const PATHS = { READ_PATH: '/read', WRITE_PATH: '/write', WRITE_BODY: '{"a":1}' };
const TO = { BASE_URL: 'http://{target}/{territory}/{workload}/{target}' };

const asModule = (text) => `data:text/javascript,${encodeURIComponent(text)}`;
const MODULES = {
  k6: 'export const check = (value, checks) => k6.check(value, checks);',
  'k6/execution': 'export default { get scenario() { return k6.scenario; } };',
  'k6/http': 'export default { request: (...asked) => k6.request(asked) };',
};
// Each has its name in quotes, as an import says it.
const hosted = Object.entries(MODULES).reduce((text, [name, stub]) => text.replaceAll(` from '${name}'`, ` from '${asModule(stub)}'`), source);
const clock = { now: 1e12, status: 200 };
Date.now = () => clock.now;
let times = 0;

/** The script as k6 would load it, with these variables: a module of its own each time. */
async function loaded(variables) {
  const requests = [];
  globalThis.__ENV = { ...variables };
  globalThis.k6 = {
    scenario: { startTime: 1e12, iterationInTest: 0 },
    check: (value, checks) => Object.entries(checks).forEach(([name, holds]) => requests.push({ name, holds: holds(value) })),
    request: (asked) => {
      requests.push(asked);
      return { status: clock.status };
    },
  };
  times += 1;
  const exported = await import(asModule(`${hosted}\n// ${times}`));
  return { exported, env: globalThis.__ENV, requests, scenario: globalThis.k6.scenario };
}

async function record(variables, holds) {
  let script;
  try {
    script = await loaded(variables);
  } catch (error) {
    console.log(JSON.stringify({ variables, refused: `${error.name}: ${error.message}` }));
    return;
  }
  const { exported, env, requests, scenario } = script;
  console.log(JSON.stringify({ variables, exports: Object.keys(exported), options: exported.options }));
  if (!holds) return;
  for (const [name, one] of Object.entries(exported.options.scenarios)) {
    Object.assign(env, one.env);
    const moments = holds.flatMap((second) => [second * 1000 - 1, second * 1000]);
    const rounds = [
      ...moments.map((since) => [since, 0, 200]),
      ...[1, 2, 3, 4].map((iteration) => [0, iteration, 200]),
      ...STATUSES.map((status) => [0, 0, status]),
    ];
    for (const [since, iteration, status] of rounds) {
      clock.now = scenario.startTime + since;
      clock.status = status;
      scenario.iterationInTest = iteration;
      requests.length = 0;
      try {
        exported[one.exec]();
      } catch (error) {
        requests.push(`${error.name}: ${error.message}`);
      }
      console.log(JSON.stringify([name, since, iteration, status, ...requests]));
    }
  }
  // A scenario that says nothing of its target.
  env.TARGET = 'nobody';
  try {
    exported.read();
  } catch (error) {
    console.log(`${error.name}: ${error.message}`);
  }
}

await record(TO, [1, 300, 900]);
await record({ ...TO, ...PATHS, RAMP: '10', HOLD: '20', SEASON: seasons[0] }, [10, 30]);
for (const SEASON of ['base', ...seasons]) await record({ ...TO, SEASON });
for (const SCALE of ['1', '0.01', '0.0000001', '7']) await record({ ...TO, SCALE, SEASON: seasons[0] });
for (const BASE_RPS of ['', '1', '250.5']) await record({ ...TO, BASE_RPS, SCALE: '2', HOLD: '' });
for (const name of ['SCALE', 'RAMP', 'HOLD', 'BASE_RPS']) {
  for (const text of ['0', '-1', 'x', 'Infinity', '1e9']) await record({ ...TO, [name]: text });
}
for (const variables of [{}, { BASE_URL: '' }, { ...TO, SEASON: 'none' }, { ...TO, SEASON: '' }]) await record(variables);
