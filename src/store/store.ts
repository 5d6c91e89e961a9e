import type { DashboardStore } from '../dashboard/ports.ts';
import type { DiscoverStore } from '../discover/ports.ts';
import type { HoldStore, IntakeStore, SourceStore } from '../intake/ports.ts';
import type { MetricsStore } from '../metrics/ports.ts';
import type { ReportStore } from '../report/ports.ts';
import type { NightRecord } from '../schedule/ports.ts';
import type { ServedRecord } from '../serve/ports.ts';
import type { Ledger, RunStore, WorkStore } from '../sweep/ports.ts';
import type { AskedStore, EventStore } from '../webhook/ports.ts';
import { dashboardStore } from './dashboard.ts';
import { type OpenOptions, openDatabase } from './database.ts';
import { discoverStore } from './discover.ts';
import { type DryIntake, openDryIntake } from './dry-intake.ts';
import { eventStore } from './events.ts';
import { holdStore } from './holds.ts';
import { intakeStore } from './intake.ts';
import { ledger } from './ledger.ts';
import { type Maintenance, maintenance } from './maintenance.ts';
import { metricsStore } from './metrics.ts';
import type { Migrated } from './migrate.ts';
import { nightRecord } from './nights.ts';
import { type Pruning, pruning } from './prune.ts';
import { reportStore } from './report.ts';
import { runStore } from './runs.ts';
import { askedStore, servedReader } from './served.ts';
import { sourceStore } from './sources.ts';
import { workStore } from './work.ts';

/** Every port that is about the record, on one connection. All of them throw DatabaseError. */
export interface Store {
  readonly runs: RunStore;
  readonly nights: NightRecord;
  readonly work: WorkStore;
  readonly ledger: Ledger;
  readonly intake: IntakeStore;
  readonly sources: SourceStore;
  /** What `intake` would do, for a record that is only read; to be closed before the store. */
  readonly dryIntake: () => DryIntake;
  readonly holds: HoldStore;
  readonly events: EventStore;
  readonly discover: DiscoverStore;
  readonly report: ReportStore;
  readonly metrics: MetricsStore;
  readonly served: ServedRecord;
  readonly asked: AskedStore;
  readonly dashboard: DashboardStore;
  readonly maintenance: Maintenance;
  readonly pruning: Pruning;
  /** What opening it has migrated; null: nothing. */
  readonly migrated: Migrated | null;
  close(): void;
}

/** Opens the database at `path`. Throws DatabaseError with what to do about it. */
export function openStore(path: string, options: OpenOptions): Store {
  const { db, migrated } = openDatabase(path, options);
  try {
    const intake = intakeStore(db);
    const holds = holdStore(db);
    const work = workStore(db);
    return {
      runs: runStore(db),
      nights: nightRecord(db),
      work,
      ledger: ledger(db),
      intake,
      sources: sourceStore(db),
      dryIntake: () => openDryIntake(db),
      holds,
      events: eventStore(db),
      discover: discoverStore(db),
      report: reportStore(db),
      metrics: metricsStore(db),
      asked: askedStore(db),
      dashboard: dashboardStore(db),
      served: {
        ...servedReader(db, options.migrations),
        putMappings: intake.putMappings,
        requestCloses: intake.requestCloses,
        hold: holds.hold,
        conversationsOf: holds.conversationsOf,
        known: work.known,
        atomically: db.write,
      },
      maintenance: maintenance(db, options.migrations),
      pruning: pruning(db),
      migrated,
      close: () => db.close(),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}
