import { proveColumn } from './cells.ts';

proveColumn('read');
