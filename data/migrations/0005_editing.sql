-- What editing needs beside the records.

-- A stale write, kept whole until somebody decides: base and current are versions of the record.
CREATE TABLE conflict (
	id {key},
	layer TEXT NOT NULL,
	feature_id BIGINT NOT NULL,
	base_version BIGINT NOT NULL,
	current_version BIGINT NOT NULL,
	kind TEXT NOT NULL,
	crs TEXT NOT NULL,
	body TEXT,
	author TEXT NOT NULL,
	account_id BIGINT NOT NULL,
	reason TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	state TEXT NOT NULL,
	decided_by TEXT,
	decided_at BIGINT,
	result_version BIGINT
);
CREATE INDEX conflict_open ON conflict (state, id);

-- Answers to requests that bore a key, so that the same request again has the same answer.
CREATE TABLE receipt (
	account_id BIGINT NOT NULL,
	key TEXT NOT NULL,
	digest {bytes} NOT NULL,
	status BIGINT NOT NULL,
	feature_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	conflict_id BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (account_id, key)
);
CREATE INDEX receipt_age ON receipt (created_at);
