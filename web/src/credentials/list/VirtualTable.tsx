import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { strings } from '../../strings';
import { Checkbox, type Column, ColumnHead, type Sort } from '../../ui';

export interface VirtualTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  rowName: (row: Row) => string;
  sort: Sort;
  onSort: (sort: Sort) => void;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  /** Rows that cannot be ticked: there is nothing left to do with them. */
  selectable: (row: Row) => boolean;
  /** How many rows there are in all, where not all are here yet. */
  total?: number;
  /** Called when the last rows come near. */
  onEnd?: () => void;
}

const ROW_PX = 57;
const CARD_PX = 232;
const OVERSCAN = 12;

function useNarrow(): boolean {
  const query = '(max-width: 860px)';
  const [narrow, setNarrow] = useState(() => window.matchMedia?.(query).matches ?? false);
  useLayoutEffect(() => {
    const media = window.matchMedia?.(query);
    const update = () => setNarrow(media?.matches ?? false);
    media?.addEventListener('change', update);
    return () => media?.removeEventListener('change', update);
  }, []);
  return narrow;
}

/**
 * A table of any length that scrolls with the page. Only the rows near the window are in the
 * document; aria-rowcount and aria-rowindex say how many there are.
 */
export function VirtualTable<Row>(props: VirtualTableProps<Row>): ReactNode {
  const { label, columns, rows, rowKey, rowName, sort, onSort, selected, onSelect, selectable } =
    props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [margin, setMargin] = useState(0);
  const narrow = useNarrow();

  useLayoutEffect(() => {
    const top = body.current?.getBoundingClientRect().top ?? 0;
    setMargin(top + window.scrollY);
  }, []);

  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (narrow ? CARD_PX : ROW_PX),
    overscan: OVERSCAN,
    scrollMargin: margin,
    getItemKey: (index) => rowKey(rows[index] as Row),
  });
  const items = virtualizer.getVirtualItems();
  const first = items.at(0);
  const last = items.at(-1);
  const before = first ? first.start - margin : 0;
  const after = last ? virtualizer.getTotalSize() - (last.end - margin) : 0;

  const { onEnd } = props;
  const atEnd = last !== undefined && last.index >= rows.length - OVERSCAN;
  useLayoutEffect(() => {
    if (atEnd) onEnd?.();
  }, [atEnd, onEnd]);

  const candidates = rows.filter(selectable);
  const all = candidates.length > 0 && candidates.every((row) => selected.has(rowKey(row)));
  const toggle = (key: string, on: boolean) => {
    const next = new Set(selected);
    if (on) next.add(key);
    else next.delete(key);
    onSelect(next);
  };
  const span = columns.length + 1;
  return (
    <table
      className="table list-table"
      data-cards
      aria-label={label}
      aria-rowcount={(props.total ?? rows.length) + 1}
    >
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col" className="list-tick">
            <Checkbox
              label={strings.credentials.list.selectShown}
              isSelected={all}
              isIndeterminate={!all && selected.size > 0}
              isDisabled={candidates.length === 0}
              onChange={(on) => onSelect(new Set(on ? candidates.map(rowKey) : []))}
            />
          </th>
          {columns.map((column) => (
            <ColumnHead key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {before > 0 && <Spacer height={before} span={span} />}
        {items.map((item) => {
          const row = rows[item.index] as Row;
          const key = rowKey(row);
          return (
            <tr
              key={key}
              // A card's height depends on what is in it; a row's does not.
              ref={narrow ? virtualizer.measureElement : undefined}
              data-index={item.index}
              aria-rowindex={item.index + 2}
              data-selected={selected.has(key) || undefined}
            >
              <td className="list-tick">
                <Checkbox
                  label={strings.common.selectRow(rowName(row))}
                  isSelected={selected.has(key)}
                  isDisabled={!selectable(row)}
                  onChange={(on) => toggle(key, on)}
                />
              </td>
              {columns.map((column) => (
                <td
                  key={column.id}
                  data-column={column.id}
                  data-align={column.align}
                  data-label={column.hideTitle ? undefined : column.title}
                >
                  {column.render(row)}
                </td>
              ))}
            </tr>
          );
        })}
        {after > 0 && <Spacer height={after} span={span} />}
      </tbody>
    </table>
  );
}

function Spacer(props: { height: number; span: number }): ReactNode {
  return (
    <tr className="list-spacer">
      <td colSpan={props.span} style={{ height: props.height }} />
    </tr>
  );
}
