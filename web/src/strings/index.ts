// Every text that a person reads, in one place: one file for each part of the pages.

import { admin } from './admin';
import { common } from './common';
import { credentials } from './credentials';
import { nav } from './nav';
import { profile, security } from './security';
import { signIn } from './signIn';

export const strings = { admin, common, credentials, nav, profile, security, signIn };
