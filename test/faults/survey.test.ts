import { proveColumn } from './cells.ts';

proveColumn('survey');
