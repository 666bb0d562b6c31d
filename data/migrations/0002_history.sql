-- Versions. The tables <layer>_history are made with the layers; here is what all layers share.

-- Each row of the feed says which version it replaces and which time in law it is about, and seals the content of the version;
-- each link seals its rows and the link before it (SHA-256).
ALTER TABLE change ADD COLUMN base BIGINT;
ALTER TABLE change ADD COLUMN valid_from TEXT;
ALTER TABLE change ADD COLUMN valid_to TEXT;
ALTER TABLE change ADD COLUMN digest {bytes};
ALTER TABLE change_link ADD COLUMN digest {bytes};
CREATE INDEX change_of_record ON change (layer, feature_id, version);

-- Records that are kept although they are not in force today.
ALTER TABLE layer_state ADD COLUMN resting_count BIGINT NOT NULL DEFAULT 0;

-- Days on which a version begins or ceases to be in force: the work of the midnight job.
CREATE TABLE agenda (
	day TEXT NOT NULL,
	layer TEXT NOT NULL,
	feature_id BIGINT NOT NULL,
	PRIMARY KEY (day, layer, feature_id)
);
