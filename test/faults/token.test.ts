import { proveColumn } from './cells.ts';

proveColumn('token');
