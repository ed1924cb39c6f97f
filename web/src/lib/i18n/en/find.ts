/** Going anywhere by typing. */

export const find = {
  find: {
    title: 'Go to',
    label: 'A model, version, table, job, page or action',
    none: 'Nothing by that name',
    hint: '↑ ↓ to choose, Enter to go, Esc to close',
    kinds: {
      page: 'page',
      action: 'action',
      model: 'model',
      version: 'version',
      dataset: 'table',
      job: 'job',
    },
    train: (model: string) => `Train ${model}`,
    upload: 'Upload a table',
    newModel: 'New model',
    connect: 'Connect a source',
    theme: 'Another theme',
  },
};
