-- What every register has beside its layers. {key}: a 63-bit primary key; {bytes}: binary.

-- The city itself: name, working CRS, the pinned operation to WGS 84.
CREATE TABLE setting (
	key TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

-- How many records a layer has and where they lie, kept with every write.
CREATE TABLE layer_state (
	layer TEXT PRIMARY KEY,
	record_count BIGINT NOT NULL,
	min_x DOUBLE PRECISION,
	min_y DOUBLE PRECISION,
	max_x DOUBLE PRECISION,
	max_y DOUBLE PRECISION
);

-- The change feed. A transaction is one link over all its rows; seq has no gap and follows the
-- order of commits. Times are UTC microseconds; the box covers the old and the new geometry.
CREATE TABLE change_link (
	link {key},
	recorded_at BIGINT NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	first_seq BIGINT NOT NULL,
	last_seq BIGINT NOT NULL
);
CREATE TABLE change (
	seq {key},
	link BIGINT NOT NULL,
	layer TEXT NOT NULL,
	feature_id BIGINT NOT NULL,
	version BIGINT NOT NULL,
	action TEXT NOT NULL,
	min_x DOUBLE PRECISION,
	min_y DOUBLE PRECISION,
	max_x DOUBLE PRECISION,
	max_y DOUBLE PRECISION
);
