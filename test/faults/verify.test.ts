import { proveColumn } from './cells.ts';

proveColumn('verify');
