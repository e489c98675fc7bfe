import type { ReactNode } from 'react';
import { strings } from '../strings';
import { Checkbox } from './choices';
import { Icon } from './Icon';

export interface Column<Row> {
  id: string;
  title: string;
  render: (row: Row) => ReactNode;
  align?: 'start' | 'end';
  width?: string;
  sortable?: boolean;
  /** Only screen readers hear the title: a column of buttons. */
  hideTitle?: boolean;
}

export interface Sort {
  column: string;
  descending: boolean;
}

export interface TableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** How a row is called, for its checkbox. */
  rowName?: (row: Row) => string;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  /** Keys of the ticked rows; absent: rows cannot be ticked. */
  selected?: ReadonlySet<string>;
  onSelect?: (selected: ReadonlySet<string>) => void;
}

export function ColumnHead<Row>(props: {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}): ReactNode {
  const { column, sort, onSort } = props;
  const active = sort?.column === column.id;
  const direction = active ? (sort.descending ? 'descending' : 'ascending') : undefined;
  return (
    <th
      scope="col"
      data-align={column.align}
      aria-sort={direction}
      style={column.width ? { width: column.width } : undefined}
    >
      {column.sortable && onSort ? (
        <button
          type="button"
          className="table-sort"
          onClick={() =>
            onSort({ column: column.id, descending: active ? !sort.descending : false })
          }
        >
          {column.title}
          {active && <Icon name={sort.descending ? 'down' : 'up'} size={13} />}
        </button>
      ) : (
        <span className={column.hideTitle ? 'visually-hidden' : undefined}>{column.title}</span>
      )}
    </th>
  );
}

/** A plain table for up to some hundred rows; on a phone each row becomes a card. */
export function Table<Row>(props: TableProps<Row>): ReactNode {
  const {
    label,
    columns,
    rows,
    rowKey,
    rowName = rowKey,
    sort,
    onSort,
    selected,
    onSelect,
  } = props;
  const all = rows.length > 0 && rows.every((row) => selected?.has(rowKey(row)));
  const toggle = (key: string, on: boolean) => {
    const next = new Set(selected);
    if (on) next.add(key);
    else next.delete(key);
    onSelect?.(next);
  };
  return (
    <div className="table-scroll">
      <table className="table" data-cards aria-label={label}>
        <thead>
          <tr>
            {selected && (
              <th scope="col" style={{ width: 40 }}>
                <Checkbox
                  label={strings.common.selectAll}
                  isSelected={all}
                  isIndeterminate={!all && selected.size > 0}
                  onChange={(on) => onSelect?.(new Set(on ? rows.map(rowKey) : []))}
                />
              </th>
            )}
            {columns.map((column) => (
              <ColumnHead key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = rowKey(row);
            return (
              <tr key={key} data-selected={selected?.has(key) || undefined}>
                {selected && (
                  <td>
                    <Checkbox
                      label={strings.common.selectRow(rowName(row))}
                      isSelected={selected.has(key)}
                      onChange={(on) => toggle(key, on)}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td
                    key={column.id}
                    data-align={column.align}
                    data-label={column.hideTitle ? undefined : column.title}
                  >
                    {column.render(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
