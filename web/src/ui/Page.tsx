import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'react-aria-components';
import { usePlace } from '../app/router';
import { strings } from '../strings';

export interface PageProps {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  crumbs?: readonly { label: string; href: string }[];
  /** For tables: as wide as the window allows. */
  wide?: boolean;
  children?: ReactNode;
}

/**
 * One page. It names the document, and takes the focus to its heading when one comes from another
 * page, so that a screen reader says where one is.
 */
export function Page(props: PageProps): ReactNode {
  const { title, description, actions, crumbs, wide, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const { step } = usePlace();

  useEffect(() => {
    document.title = `${title} · ${strings.nav.product}`;
  }, [title]);

  useEffect(() => {
    if (step === 0) return;
    window.scrollTo(0, 0);
    // A form that focuses its own first field has done so already.
    const inside = heading.current?.closest('main')?.contains(document.activeElement);
    const onField = document.activeElement instanceof HTMLInputElement;
    if (!(inside && onField)) heading.current?.focus({ preventScroll: true });
  }, [step]);

  return (
    <div className={wide ? 'page page-wide' : 'page'}>
      {crumbs && (
        <nav aria-label="Breadcrumb">
          <ol className="crumbs">
            {crumbs.map((crumb) => (
              <li key={crumb.href}>
                <Link href={crumb.href}>{crumb.label}</Link>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <div className="page-head">
        <div className="page-head-text">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {description && <p className="page-description">{description}</p>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </div>
      <div className="page-body">{children}</div>
    </div>
  );
}

export interface CardProps {
  title?: string;
  description?: ReactNode;
  action?: ReactNode;
  footer?: ReactNode;
  /** For a table, which brings its own margins. */
  flush?: boolean;
  /** A head and nothing else. */
  bare?: boolean;
  children?: ReactNode;
  id?: string;
}

export function Card(props: CardProps): ReactNode {
  const { title, description, action, footer, flush, bare, children, id } = props;
  return (
    <section className="card" data-bare={bare || undefined} id={id} aria-label={title}>
      {title && (
        <div className="card-head">
          <div>
            <h2>{title}</h2>
            {description && <p>{description}</p>}
          </div>
          {action && <div className="row">{action}</div>}
        </div>
      )}
      {children && <div className={flush ? 'card-flush' : 'card-body'}>{children}</div>}
      {footer && <div className="card-foot">{footer}</div>}
    </section>
  );
}
