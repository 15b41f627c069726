// emmett-postgresql on the server that is measured: reads "size calls" a line, answers events a second, a line each.
import { createInterface } from 'node:readline';
import { randomUUID } from 'node:crypto';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';

const TEXT = process.argv[3];
const store = getPostgreSQLEventStore(process.argv[2]);
const event = () => ({ type: 'contribution-made', data: { id: randomUUID(), kind: 'idea', text: TEXT } });
await store.appendToStream(`warm-${randomUUID()}`, [event()]);
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const [size, calls] = line.split(' ').map(Number);
  const begun = process.hrtime.bigint();
  for (let call = 0; call < calls; call += 1) {
    await store.appendToStream(`contribution-${randomUUID()}`, Array.from({ length: size }, event));
  }
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  process.stdout.write(`${(size * calls) / seconds}\n`);
}
await store.close();
