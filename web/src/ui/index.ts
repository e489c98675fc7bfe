export { Banner, ConnectionBanner, explain, type Tone } from './Banner';
export { Button, IconButton, LinkButton, TextLink } from './Button';
export { SideBar, type SideBarGroup, TopBar } from './bars';
export { Checkbox, RadioCards, type RadioOption, Switch } from './choices';
export { ConfirmDialog, Dialog } from './Dialog';
export {
  Badge,
  CodeBlock,
  CopyButton,
  EmptyState,
  PageSkeleton,
  Skeleton,
  SkeletonEntries,
} from './feedback';
export { errorBeside, errorFor } from './fieldErrors';
export { PasswordField, SearchField, Select, type SelectOption, TextField } from './fields';
export { Icon } from './Icon';
export type { IconName } from './icons';
export { MenuButton, type MenuEntry, type MenuGroup } from './MenuButton';
export { Card, Page } from './Page';
export { type Column, ColumnHead, type Sort, Table } from './Table';
export { Tabs } from './Tabs';
export { formatDay, formatInstant, relativeTime, Time } from './time';
export { ToastRegion, toast } from './toast';
