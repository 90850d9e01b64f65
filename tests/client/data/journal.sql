BEGIN TRANSACTION;
CREATE TABLE owners (
    owner INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
    machine TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started TEXT NOT NULL,
    UNIQUE (machine, pid, started)
);
INSERT INTO "owners" VALUES(1,'elsewhere',1,'1');
CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    owner INTEGER NOT NULL REFERENCES owners,
    key TEXT NOT NULL,
    host TEXT NOT NULL,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    body TEXT NOT NULL,
    path TEXT,
    map_type TEXT,
    repeatable INTEGER NOT NULL,
    created REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('intended', 'begun', 'unknown', 'resolved', 'failed')),
    pipeline_id TEXT,
    sub_geometry_id TEXT,
    request_id TEXT,
    reason TEXT
);
INSERT INTO "requests" VALUES('a9d724a619fa4f83b93ed752d2825746',1,'58927074295234682b5ade65199492464e7fa593241a62223bf2edd8da167fb1','HOST','demo@example.com','imagery.search','{"dataset":"idaho-pansharpened","endDatetime":"2018-06-30 23:59:59","extent":{"coordinates":[[[153.09,-27.4],[153.1,-27.4],[153.1,-27.39],[153.09,-27.39],[153.09,-27.4]]],"type":"Polygon"},"provider":"gbdx","startDatetime":"2018-01-01 00:00:00"}',NULL,NULL,1,1.79601939284137749677e+09,'resolved','VNSH8OonEUwJBYqwFAQ0',NULL,'lqLnPkEA20',NULL);
INSERT INTO "requests" VALUES('32b4f6a720304c4ab57d142ec594362b',1,'2b2bd5a30cba32f1c285febdc045e5d752cf0b210a2965c59dfc0de1333b3719','HOST','demo@example.com','kraken.release','{"extent":{"coordinates":[[[153.09,-27.4],[153.1,-27.4],[153.1,-27.39],[153.09,-27.39],[153.09,-27.4]]],"type":"Polygon"},"mapType":"cars","sceneIds":["Khp1eqDQiAjCSXTkellOLqFdO_nlYtVdBdtV1vl7tquvNo2he-wMc9s7heykX1eGuS1NO5Y9VJ4N55rm"]}',NULL,'cars',0,1.79601939314452219015e+09,'resolved','aE5lt8CvIe5ZrsUgoHZb',NULL,'JdADwcwFDd',NULL);
INSERT INTO "requests" VALUES('942ab3f3305d471b85ef7b69862eaf4a',1,'58927074295234682b5ade65199492464e7fa593241a62223bf2edd8da167fb1','HOST','demo@example.com','imagery.search','{"dataset":"idaho-pansharpened","endDatetime":"2018-06-30 23:59:59","extent":{"coordinates":[[[153.09,-27.4],[153.1,-27.4],[153.1,-27.39],[153.09,-27.39],[153.09,-27.4]]],"type":"Polygon"},"provider":"gbdx","startDatetime":"2018-01-01 00:00:00"}',NULL,NULL,1,1.79601939330276322371e+09,'resolved','HpfxKzyFGdmKTfbIO3W3',NULL,'ZwXWH0yP8w',NULL);
CREATE INDEX requests_by_key ON requests (key);
CREATE INDEX requests_by_pipeline ON requests (pipeline_id);
CREATE INDEX requests_by_owner ON requests (owner);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('owners',1);
COMMIT;
PRAGMA user_version = 2;
PRAGMA application_id = 1399868234;
