-- Jobs, the bytes of papers and uploads, and the numbers of papers.

-- Work that takes longer than a request. `step` counts the steps that are finished, `done` of
-- `total` is how far the one at work is; `claims` counts how often somebody took the job since it
-- last got ahead. Payload and result are JSON. Account 0 is the system itself.
CREATE TABLE job (
	id {key},
	kind TEXT NOT NULL,
	state TEXT NOT NULL
		CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
	step INTEGER NOT NULL,
	done BIGINT NOT NULL,
	total BIGINT NOT NULL,
	claims INTEGER NOT NULL,
	lease_until BIGINT,
	lease_holder TEXT,
	cancel_asked INTEGER NOT NULL,
	key TEXT,
	payload TEXT NOT NULL,
	result TEXT,
	account_id BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	UNIQUE (account_id, key)
);
CREATE INDEX job_by_state ON job (state, id);

-- Bytes under their hash, in pieces of 1 MiB. When they are destroyed the row stays.
CREATE TABLE blob (
	id {key},
	sha256 TEXT NOT NULL UNIQUE,
	size BIGINT NOT NULL,
	type TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	destroyed_at BIGINT
);
CREATE TABLE blob_chunk (
	blob BIGINT NOT NULL,
	n INTEGER NOT NULL,
	bytes {bytes} NOT NULL,
	PRIMARY KEY (blob, n)
);

-- Numbers of papers. Each one up to `last` has a row that says what became of it.
CREATE TABLE counter (
	series TEXT NOT NULL,
	year INTEGER NOT NULL,
	last BIGINT NOT NULL,
	PRIMARY KEY (series, year)
);
CREATE TABLE counter_number (
	series TEXT NOT NULL,
	year INTEGER NOT NULL,
	number BIGINT NOT NULL,
	state TEXT NOT NULL,
	purpose TEXT NOT NULL,
	claimed_by TEXT NOT NULL,
	claimed_at BIGINT NOT NULL,
	settled_by TEXT,
	settled_at BIGINT,
	paper_sha256 TEXT,
	reason TEXT,
	PRIMARY KEY (series, year, number),
	CHECK (number > 0),
	CHECK ((state = 'claimed' AND settled_at IS NULL)
		OR (state = 'used' AND settled_at IS NOT NULL AND paper_sha256 IS NOT NULL)
		OR (state = 'void' AND settled_at IS NOT NULL AND length(reason) > 0))
);
CREATE INDEX counter_number_claimed ON counter_number (claimed_at) WHERE state = 'claimed';
