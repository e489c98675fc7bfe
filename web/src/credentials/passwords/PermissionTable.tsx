import type { ReactNode } from 'react';
import { strings } from '../../strings';
import { Checkbox } from '../../ui';
import type { PermissionEntry } from '../model/catalogue';
import { impliedBy, LEVEL_TITLES, LEVELS, permissionTable } from '../model/permissions';

const words = strings.credentials.password;

export interface PermissionTableProps {
  permissions: readonly PermissionEntry[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
}

/** Groups and levels. What a ticked permission implies is ticked too, and cannot be unticked. */
export function PermissionTable(props: PermissionTableProps): ReactNode {
  const { permissions, chosen, onChange } = props;
  const implied = impliedBy(permissions, chosen);
  const toggle = (name: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(name);
    else next.delete(name);
    onChange(next);
  };
  const cell = (permission: PermissionEntry) => {
    const source = implied.get(permission.name);
    return (
      <Checkbox
        key={permission.name}
        isSelected={chosen.has(permission.name) || source !== undefined}
        isDisabled={source !== undefined}
        onChange={(on) => toggle(permission.name, on)}
        description={source ? words.impliedBy(source.title) : permission.description}
      >
        {permission.title}
      </Checkbox>
    );
  };
  return (
    <table className="permissions">
      <caption className="visually-hidden">{words.permissions}</caption>
      <thead>
        <tr>
          <th scope="col">{words.resource}</th>
          {LEVELS.map((level) => (
            <th key={level} scope="col">
              {LEVEL_TITLES[level]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {permissionTable(permissions).map((row) => (
          <tr key={row.title}>
            <th scope="row">{row.title}</th>
            {LEVELS.map((level) => (
              <td key={level} data-empty={row.cells[level].length === 0 || undefined}>
                {row.cells[level].map(cell)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
