-- Case files (hồ sơ) of the counter. They are never deleted.

-- A file as it is: what it is about, who came (values in person alone), until when it is due. version counts its events.
-- receipt_digest: SHA-256 of the code, by which it is looked up. is_open: not decided.
CREATE TABLE dossier (
	id {key},
	file_no TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	is_open BIGINT NOT NULL,
	version BIGINT NOT NULL,
	parcel_id BIGINT,
	parcel_label TEXT,
	address_id BIGINT,
	address_label TEXT,
	unit_id BIGINT,
	person_id BIGINT NOT NULL,
	person_hash TEXT NOT NULL,
	receipt_code TEXT NOT NULL,
	receipt_digest TEXT NOT NULL UNIQUE,
	received_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	paused_at BIGINT,
	decided_at BIGINT,
	account_id BIGINT,
	note TEXT,
	training BIGINT NOT NULL
);
CREATE INDEX dossier_queue ON dossier (is_open, due_at, id);
CREATE INDEX dossier_parcel ON dossier (parcel_id);
CREATE INDEX dossier_person ON dossier (person_id);

-- What happened to it: ordinal is the version that it made.
CREATE TABLE dossier_event (
	dossier_id BIGINT NOT NULL,
	ordinal BIGINT NOT NULL,
	at BIGINT NOT NULL,
	actor TEXT NOT NULL,
	act TEXT NOT NULL,
	from_state TEXT,
	to_state TEXT NOT NULL,
	note TEXT,
	reason TEXT,
	PRIMARY KEY (dossier_id, ordinal)
);

-- Papers: asked for, shown in the original, or kept as a scan (a blob).
CREATE TABLE dossier_paper (
	dossier_id BIGINT NOT NULL,
	ordinal BIGINT NOT NULL,
	name TEXT NOT NULL,
	state TEXT NOT NULL,
	sha256 TEXT,
	actor TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (dossier_id, ordinal)
);
