/** What this server is. */

export const about = {
  about: {
    title: 'About',
    version: 'Version',
    code: 'Build',
    started: 'Running since',
    database: 'Database',
    objects: 'Object store',
    workspace: 'Workspace',
    health: 'Health',
    ok: 'In order',
    degraded: 'Degraded',
    api: 'API',
    swagger: 'Try it: Swagger',
    redoc: 'Read it: ReDoc',
    openapi: 'OpenAPI document',
    schema: 'JSON Schema of a model spec',
    apiText: 'All that this interface does goes through the documented API.',
    licence: 'Licence',
    licenceText: 'Apache License 2.0. No data leaves this server.',
  },
};
