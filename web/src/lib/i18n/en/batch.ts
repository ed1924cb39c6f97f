/** A file of records that a model is asked about. */

import { n } from './n';

export const batch = {
  batch: {
    tab: 'Predict',
    title: 'From a file',
    lead: 'Every row is answered and the file comes back with its answers. Each answer is logged, as any other.',
    formats: 'CSV, JSON or JSON Lines; UTF-8 or windows-1251',
    other: 'Another file',
    rows: (k: number) => n(k, 'row', 'rows'),
    asksFor: 'What the model asks for',
    present: 'in the file',
    absent: 'not in the file, so it is missing',
    needed: 'needed, and not in the file',
    unreadable: 'This file cannot be read',
    empty: 'There are no rows in it.',
    wrong: (k: number) => `${n(k, 'row is', 'rows are')} left out: not a number`,
    wrongRow: (row: number, columns: string) => `row ${row}: ${columns}`,
    ask: (k: number) => `Answer ${n(k, 'row', 'rows')}`,
    asking: (done: number, all: number) => `${done} of ${all} answered`,
    stop: 'Stop',
    done: (k: number) => `${n(k, 'row is', 'rows are')} answered.`,
    errors: (k: number) => `${n(k, 'row could', 'rows could')} not be answered; the file says why.`,
    result: 'Answers',
    first: (k: number) => `the first ${k}`,
    csv: 'Download CSV',
    json: 'Download JSON Lines',
    notAsked: 'Your account may look, not ask. An administrator can change that.',
    nothing: 'Nothing serves yet',
    nothingText: 'Train the model first; its first version serves at once.',
    train: 'To training',
  },
};
