import { defineReporter, printableJson } from 'selfsame';

export default defineReporter({
  id: 'json',
  title: 'The whole report for machines, selfsame/report/v1',
  mediaType: 'application/json',
  render: (report) => [printableJson(JSON.stringify(report, null, 2)), '\n'],
});
