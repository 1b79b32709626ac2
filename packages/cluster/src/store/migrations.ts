/**
 * What the database holds, version by version: forward only. A version that was released is never changed.
 *
 * Points and specifications are `json`, not `jsonb`, which would sort their names and lose the sign of -0.
 */
export const MIGRATIONS: readonly string[] = [
  `
  create table neurite.study (
    id bigint generated always as identity primary key,
    spec_hash text not null unique,
    spec json not null,
    -- Where it is handed out. Whoever submitted it last has chosen.
    queue text not null,
    state text not null default 'running' check (state in ('running', 'cancelled')),
    created_at timestamptz not null default now()
  );

  -- A piece of work that is done once. Its fence rises with each start: who holds an older one writes nothing.
  create table neurite.trial (
    study bigint not null references neurite.study on delete cascade,
    round int not null check (round >= 0),
    id int not null check (id >= 0),
    point json not null,
    resource float8,
    state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'parked')),
    fence bigint not null default 0,
    attempts int not null default 0,
    refused int not null default 0,
    worker text,
    touched_at timestamptz not null default now(),
    log text,
    primary key (study, round, id)
  );
  create index trial_open on neurite.trial (study, round) where state in ('waiting', 'running');

  -- The last one of a trial; the data here, or at the place named by its hash in the store of the workers.
  create table neurite.checkpoint (
    study bigint not null,
    round int not null,
    id int not null,
    fence bigint not null,
    hash text not null,
    size bigint not null,
    data bytea,
    saved_at timestamptz not null default now(),
    primary key (study, round, id),
    foreign key (study, round, id) references neurite.trial on delete cascade
  );

  create table neurite.result (
    study bigint not null,
    round int not null,
    id int not null,
    seq bigint generated always as identity,
    value float8,
    error text,
    seconds float8 not null,
    worker text not null,
    fence bigint not null,
    recorded_at timestamptz not null default now(),
    primary key (study, round, id),
    foreign key (study, round, id) references neurite.trial on delete cascade
  );
  create index result_order on neurite.result (study, round, seq);

  -- One model on several machines: a round is a row here, and a trial for each shard. It is closed once.
  create table neurite.round (
    study bigint not null references neurite.study on delete cascade,
    round int not null check (round >= 0),
    state text not null default 'open' check (state in ('open', 'closed', 'failed')),
    opened_at timestamptz not null default now(),
    closed_at timestamptz,
    loss float8,
    missing json not null default '[]',
    error text,
    primary key (study, round)
  );

  -- Bytes of a training: 'model' and 'momentum' are what a round ended with, 'shard-3' is what a shard came to. Data as in a checkpoint.
  create table neurite.part (
    study bigint not null,
    round int not null,
    name text not null,
    fence bigint not null default 0,
    hash text not null,
    size bigint not null,
    data bytea,
    saved_at timestamptz not null default clock_timestamp(),
    primary key (study, round, name),
    foreign key (study, round) references neurite.round on delete cascade
  );
  `,
]
