-- What land needs beside its records.

-- What became of what: parcels that were split, units that were merged. A record may come from several, and become several.
CREATE TABLE lineage (
	layer TEXT NOT NULL,
	from_id BIGINT NOT NULL,
	to_id BIGINT NOT NULL,
	cause TEXT NOT NULL,
	valid_from TEXT NOT NULL,
	share DOUBLE PRECISION,
	derived BIGINT NOT NULL,
	document TEXT,
	recorded_at BIGINT NOT NULL,
	PRIMARY KEY (layer, from_id, to_id, cause, valid_from)
);
CREATE INDEX lineage_to ON lineage (layer, to_id);

-- Records that are held for a file: nobody else changes them meanwhile.
CREATE TABLE record_lock (
	layer TEXT NOT NULL,
	feature_id BIGINT NOT NULL,
	account_id BIGINT NOT NULL,
	owner TEXT NOT NULL,
	purpose TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (layer, feature_id)
);

-- The city's own rules, which come before those that the program knows (data/city_rules.c).
CREATE TABLE rule (
	id TEXT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	document TEXT,
	article TEXT,
	territory_id BIGINT,
	precedence BIGINT NOT NULL,
	valid_from TEXT,
	valid_to TEXT,
	confidence TEXT NOT NULL,
	payload TEXT NOT NULL
);
CREATE INDEX rule_kind ON rule (kind);
