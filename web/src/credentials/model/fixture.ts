// A small catalogue in the form of Bitbucket's, for the tests of this folder.

import type { Catalogue, PermissionEntry, ScopeEntry } from './catalogue';

const scope = (name: string, title: string, group: string): ScopeEntry => ({
  name,
  title,
  description: `${title}.`,
  group,
});

const permission = (
  name: string,
  title: string,
  group: string,
  implies: string[] = [],
  scopes: string[] = [],
): PermissionEntry => ({ ...scope(name, title, group), implies, scopes });

export const catalogue: Catalogue = {
  app: 'bitbucket',
  title: 'Bitbucket',
  scopes: [
    scope('read:user:bitbucket', 'See the current user', 'Account'),
    scope('read:repository:bitbucket', 'Read repositories', 'Repositories'),
    scope('write:repository:bitbucket', 'Write repositories', 'Repositories'),
    scope('delete:repository:bitbucket', 'Delete repositories', 'Repositories'),
    scope('read:pullrequest:bitbucket', 'Read pull requests', 'Pull requests'),
    scope('write:pullrequest:bitbucket', 'Write pull requests', 'Pull requests'),
    scope('read:credential:latchkey', 'See credentials', 'Credentials'),
    scope('write:credential:latchkey', 'Manage credentials', 'Credentials'),
  ],
  permissions: [
    permission('email', 'See e-mail addresses', 'Account'),
    permission('account', 'See the account', 'Account'),
    permission('account:write', 'Change the account', 'Account', ['account']),
    permission(
      'repository',
      'Read repositories',
      'Repositories',
      [],
      ['read:repository:bitbucket'],
    ),
    permission('repository:write', 'Write repositories', 'Repositories', ['repository']),
    permission('repository:admin', 'Administer repositories', 'Repositories'),
    permission('repository:delete', 'Delete repositories', 'Repositories'),
    permission('pullrequest', 'Read pull requests', 'Pull requests', ['repository']),
    permission('pullrequest:write', 'Write pull requests', 'Pull requests', [
      'pullrequest',
      'repository:write',
    ]),
    permission('issue', 'Read issues', 'Issues', [], ['read:issue:b', 'write:issue:b']),
    permission('issue:write', 'Write issues', 'Issues', ['issue']),
    permission('wiki', 'Read and write wikis', 'Wikis', [], ['read:wiki:b', 'write:wiki:b']),
    permission('pipeline:variable', 'Manage pipeline variables', 'Pipelines'),
  ],
};
