-- The tables of counters, version 1. $ is the schema, if one is set, and internal_events_.
-- A week is a number, see Week; -2147483648 is all time. Text is compared by its bytes, so that the order in which rows are
-- locked is the same everywhere.
CREATE TABLE $version (
  version integer NOT NULL,
  installation uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO $version (version) VALUES (1);

-- Up to where each queue is counted.
CREATE TABLE $queue (
  queue uuid PRIMARY KEY,
  segment bigint NOT NULL,
  byte_offset integer NOT NULL,
  seen timestamptz NOT NULL DEFAULT now()
);

-- Totals and sums. For totals by value: the number of all events.
CREATE TABLE $count (
  counter text COLLATE "C" NOT NULL,
  week integer NOT NULL,
  amount numeric NOT NULL,
  changed timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (counter, week)
) WITH (fillfactor = 70);

CREATE TABLE $value (
  counter text COLLATE "C" NOT NULL,
  week integer NOT NULL,
  value text COLLATE "C" NOT NULL,
  amount numeric NOT NULL,
  changed timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (counter, week, value)
) WITH (fillfactor = 70);

-- Unique counts, in 64 parts; see UniqueParts.
CREATE TABLE $unique (
  counter text COLLATE "C" NOT NULL,
  week integer NOT NULL,
  part integer NOT NULL,
  content bytea NOT NULL,
  changed timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (counter, week, part)
) WITH (fillfactor = 50);

-- The values of metrics, by the Monday of their week. Nothing else reads it.
CREATE TABLE $history (
  metric text COLLATE "C" NOT NULL,
  week date NOT NULL,
  value numeric NOT NULL,
  recorded timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (metric, week)
);
