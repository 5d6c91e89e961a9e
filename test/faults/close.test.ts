import { proveColumn } from './cells.ts';

proveColumn('close');
