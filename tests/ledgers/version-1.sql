-- A ledger as version 1 wrote it.
pragma application_id = 1129533516;
pragma user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE definition(
  sha text primary key, playbook text not null, text text not null, first_day text not null
) strict, without rowid;
INSERT INTO "definition" VALUES('d1','usage-drop','playbook: usage-drop','2026-03-02');
CREATE TABLE enrollment(
  key text primary key, playbook text not null, account text not null, row text, episode integer not null,
  arm text not null, started_on text not null, ended_on text, outcome text, watch_until text,
  state text not null
) strict;
INSERT INTO "enrollment" VALUES('e1','usage-drop','acme',NULL,1,'treated','2026-03-02',NULL,NULL,NULL,'{"account":"acme","arm":"treated","by":"rule","definition":"d1","episode":1,"key":"e1","playbook":"usage-drop","row":null,"started_on":"2026-03-02","steps":{"mail":{"ready_on":"2026-03-02","state":"open"}},"tasks":{"t1":{"by":"lea","contact":"claire","done_on":"2026-03-03","due":"2026-03-03","key":"t1","kind":"email","minutes":5,"opened_on":"2026-03-02","outcome":"sent","owner":"lea","payload":"p1","state":"done","step":"mail"},"t2":{"contact":"bob","due":"2026-03-03","key":"t2","kind":"email","minutes":5,"opened_on":"2026-03-02","owner":"lea","payload":"p1","step":"mail"}}}');
INSERT INTO "enrollment" VALUES('e2','usage-drop','zeta',NULL,1,'treated','2026-03-02',NULL,NULL,NULL,'{"account":"zeta","arm":"treated","by":"rule","definition":"d1","episode":1,"key":"e2","playbook":"usage-drop","row":null,"started_on":"2026-03-02","steps":{"mail":{"ready_on":"2026-03-02","state":"open"}},"tasks":{"t3":{"by":"lea","contact":"claire","done_on":"2026-03-03","due":"2026-03-03","key":"t3","kind":"email","minutes":5,"note":"wrong time","opened_on":"2026-03-02","outcome":"discarded","owner":"lea","payload":"p1","state":"done","step":"mail"},"t4":{"contact":"claire","due":"2026-03-03","key":"t4","kind":"task","minutes":5,"opened_on":"2026-03-02","owner":"lea","payload":"p1","step":"mail"}}}');
INSERT INTO "enrollment" VALUES('e3','usage-drop','calm',NULL,1,'treated','2026-03-02','2026-03-03','stopped',NULL,'{"account":"calm","arm":"treated","by":"rule","definition":"d1","ended_on":"2026-03-03","episode":1,"key":"e3","outcome":"stopped","playbook":"usage-drop","row":null,"started_on":"2026-03-02","steps":{"mail":{"done_on":"2026-03-03","ready_on":"2026-03-02","state":"cancelled"}},"tasks":{"t5":{"contact":"claire","done_on":"2026-03-03","due":"2026-03-03","key":"t5","kind":"email","minutes":5,"opened_on":"2026-03-02","owner":"lea","payload":"p1","state":"cancelled","step":"mail"}},"why_ended":"stopped"}');
INSERT INTO "enrollment" VALUES('e4','usage-drop','dim',NULL,1,'shadow','2026-03-02',NULL,NULL,NULL,'{"account":"dim","arm":"shadow","by":"rule","definition":"d1","episode":1,"key":"e4","playbook":"usage-drop","row":null,"started_on":"2026-03-02"}');
CREATE TABLE event(
  seq integer primary key, run integer references run(id), day text not null, recorded_at text not null,
  kind text not null, enrollment text, account text, body text not null, hash text not null
) strict;
INSERT INTO "event" VALUES(1,1,'2026-03-02','2026-03-02T05:00:00Z','Started','e1','acme','{"account":"acme","arm":"treated","by":"rule","definition":"d1","enrollment":"e1","episode":1,"kind":"Started","on":"2026-03-02","playbook":"usage-drop","row":null}','37306dd51b6f9d28fbff8017e83378912b2b847625a5bd7289e776f1adccbf45');
INSERT INTO "event" VALUES(2,1,'2026-03-02','2026-03-02T05:00:00Z','StepOpened','e1','acme','{"enrollment":"e1","kind":"StepOpened","on":"2026-03-02","step":"mail","tasks":[{"contact":"claire","due":"2026-03-03","key":"t1","kind":"email","minutes":5,"opened_on":"2026-03-02","owner":"lea","payload":"p1","step":"mail"}]}','a10bd880a8ff54bea799adc0a406eeadb52e26ac150d4129f1a7827bbdbf9f1c');
INSERT INTO "event" VALUES(3,1,'2026-03-02','2026-03-02T05:00:00Z','StepOpened','e1','acme','{"enrollment":"e1","kind":"StepOpened","on":"2026-03-02","step":"mail","tasks":[{"contact":"bob","due":"2026-03-03","key":"t2","kind":"email","minutes":5,"opened_on":"2026-03-02","owner":"lea","payload":"p1","step":"mail"}]}','673e7fa8e115aac458e8413f31f2d0666d57d21173dbeadab63f345f1e1c024a');
INSERT INTO "event" VALUES(4,1,'2026-03-02','2026-03-02T05:00:00Z','Started','e2','zeta','{"account":"zeta","arm":"treated","by":"rule","definition":"d1","enrollment":"e2","episode":1,"kind":"Started","on":"2026-03-02","playbook":"usage-drop","row":null}','31cc8ea33d95a37634ed25f401f45a2f0d58ac3b2a4c1c5ff3b356c8f80944a9');
INSERT INTO "event" VALUES(5,1,'2026-03-02','2026-03-02T05:00:00Z','StepOpened','e2','zeta','{"enrollment":"e2","kind":"StepOpened","on":"2026-03-02","step":"mail","tasks":[{"contact":"claire","due":"2026-03-03","key":"t3","kind":"email","minutes":5,"opened_on":"2026-03-02","owner":"lea","payload":"p1","step":"mail"}]}','f342c9efc7f26f72e1aa5c06654a48acc599730b23229ca1332425713e9ae3ea');
INSERT INTO "event" VALUES(6,1,'2026-03-02','2026-03-02T05:00:00Z','StepOpened','e2','zeta','{"enrollment":"e2","kind":"StepOpened","on":"2026-03-02","step":"mail","tasks":[{"contact":"claire","due":"2026-03-03","key":"t4","kind":"task","minutes":5,"opened_on":"2026-03-02","owner":"lea","payload":"p1","step":"mail"}]}','c4bc0c09d16e3aa8b8da58ca1db4d66058889eb323fa67793582bd59329dcbbc');
INSERT INTO "event" VALUES(7,1,'2026-03-02','2026-03-02T05:00:00Z','Started','e3','calm','{"account":"calm","arm":"treated","by":"rule","definition":"d1","enrollment":"e3","episode":1,"kind":"Started","on":"2026-03-02","playbook":"usage-drop","row":null}','c732460baab093cf3fb3563d8f69754388b4828df09129c49b3068d55e1ba774');
INSERT INTO "event" VALUES(8,1,'2026-03-02','2026-03-02T05:00:00Z','StepOpened','e3','calm','{"enrollment":"e3","kind":"StepOpened","on":"2026-03-02","step":"mail","tasks":[{"contact":"claire","due":"2026-03-03","key":"t5","kind":"email","minutes":5,"opened_on":"2026-03-02","owner":"lea","payload":"p1","step":"mail"}]}','450ce2945c0dbdd979c057f36f4e822cd7770e7f442ae51b4dcde2ead88646f9');
INSERT INTO "event" VALUES(9,1,'2026-03-02','2026-03-02T05:00:00Z','Started','e4','dim','{"account":"dim","arm":"shadow","by":"rule","definition":"d1","enrollment":"e4","episode":1,"kind":"Started","on":"2026-03-02","playbook":"usage-drop","row":null}','7bceb49bf7fbdc53df546d9baab27c8e4b4e154e66adb71a81839d8d4d764c09');
INSERT INTO "event" VALUES(10,NULL,'2026-03-03','2026-03-03T09:00:00Z','TaskAnswered','e1','acme','{"by":"lea","enrollment":"e1","kind":"TaskAnswered","on":"2026-03-03","outcome":"sent","task":"t1"}','ed8da09ed2448ae02be7e68a8807c05c0ccb13edba56cea0ccdd68ad11bed488');
INSERT INTO "event" VALUES(11,NULL,'2026-03-03','2026-03-03T09:00:00Z','TaskAnswered','e2','zeta','{"by":"lea","enrollment":"e2","kind":"TaskAnswered","note":"wrong time","on":"2026-03-03","outcome":"discarded","task":"t3"}','ab838a6fded29e8cd5b38c7cc71e6165690619771d878acaae1565e9edfd9eed');
INSERT INTO "event" VALUES(12,NULL,'2026-03-03','2026-03-03T09:00:00Z','Ended','e3','calm','{"because":"they left","by":"lea","enrollment":"e3","kind":"Ended","on":"2026-03-03","outcome":"stopped","why":"stopped"}','062384aac55a79305ec11b8bf03362d164eca85e5135f974804446187ec8b503');
CREATE TABLE file(
  run integer not null references run(id), path text not null, content blob, sha256 text not null,
  primary key (run, path)
) strict;
INSERT INTO "file" VALUES(1,'2026-03-02/drafts/t1.eml',X'546F3A20636C616972650D0A0D0A48656C6C6F','cac7719e6eed9ee4d9f2ee6cc72bffddddd031659082010a48253c4db2ca6719');
CREATE TABLE memory(
  series text not null, subject text not null, day integer not null, value any,
  primary key (series, subject, day)
) strict, without rowid;
INSERT INTO "memory" VALUES('fact:arr','acme',20514,48000);
INSERT INTO "memory" VALUES('fact:arr','zeta',20514,NULL);
CREATE TABLE meta(k text primary key, v text not null) strict, without rowid;
INSERT INTO "meta" VALUES('id','7d0c0000-0000-4000-8000-000000000000');
INSERT INTO "meta" VALUES('made_at','2026-03-02T05:00:00Z');
INSERT INTO "meta" VALUES('sum of definition','83182232dbc0b9f41f66cca37b0fb15c');
INSERT INTO "meta" VALUES('sum of file','94c45443c9e89c767f0947fafbc7a50a');
INSERT INTO "meta" VALUES('sum of memory','9ca5fbb17c7f571d0a9bcc3cc28ed74b');
INSERT INTO "meta" VALUES('sum of meta','74b9090558c662e3fbd22f20786f52a3');
INSERT INTO "meta" VALUES('sum of run','29373d9a205ef6b9f7d2037f75bcc698');
INSERT INTO "meta" VALUES('sum of series','ca5156e853742707d8d7df1fc9397e28');
INSERT INTO "meta" VALUES('version','0.1.0');
CREATE TABLE outbox(
  task text primary key, enrollment text not null references enrollment(key), run integer references run(id),
  contact text, payload text not null,
  state text not null check (state in ('draft', 'sent', 'discarded', 'cancelled'))
) strict, without rowid;
INSERT INTO "outbox" VALUES('t1','e1',1,'claire','p1','sent');
INSERT INTO "outbox" VALUES('t2','e1',1,'bob','p1','draft');
INSERT INTO "outbox" VALUES('t3','e2',1,'claire','p1','discarded');
INSERT INTO "outbox" VALUES('t5','e3',1,'claire','p1','cancelled');
CREATE TABLE run(
  id integer primary key, day text not null, snapshot_sha text not null, sources_hash text not null,
  files_hash text not null, plan_hash text not null, version text not null, started_at text not null,
  fresh integer not null check (fresh in (0, 1)), counts text not null,
  published integer not null default 0 check (published in (0, 1))
) strict;
INSERT INTO "run" VALUES(1,'2026-03-02','snapshot','sources','files','plan','0.1.0','2026-03-02T05:00:00Z',1,'{"start": 1}',0);
INSERT INTO "run" VALUES(2,'2026-03-04','snapshot','other','files','plan','0.1.0','2026-03-02T05:00:00Z',1,'{"start": 1}',0);
CREATE TABLE series(
  series text primary key, first_day integer not null, last_day integer not null
) strict, without rowid;
INSERT INTO "series" VALUES('fact:arr',20514,20514);
CREATE TABLE task(
  key text primary key, enrollment text not null references enrollment(key), playbook text not null,
  arm text not null, owner text not null, state text not null, opened_on text not null, due text not null,
  step text not null
) strict, without rowid;
INSERT INTO "task" VALUES('t1','e1','usage-drop','treated','lea','done','2026-03-02','2026-03-03','mail');
INSERT INTO "task" VALUES('t2','e1','usage-drop','treated','lea','open','2026-03-02','2026-03-03','mail');
INSERT INTO "task" VALUES('t3','e2','usage-drop','treated','lea','done','2026-03-02','2026-03-03','mail');
INSERT INTO "task" VALUES('t4','e2','usage-drop','treated','lea','open','2026-03-02','2026-03-03','mail');
INSERT INTO "task" VALUES('t5','e3','usage-drop','treated','lea','cancelled','2026-03-02','2026-03-03','mail');
CREATE INDEX run_of_day on run(day);
CREATE INDEX event_of_account on event(account);
CREATE UNIQUE INDEX event_started on event(enrollment) where kind = 'Started';
CREATE INDEX event_asked on event(seq) where kind = 'StartAsked';
CREATE INDEX event_trait on event(account, day) where kind = 'TraitSet';
CREATE INDEX event_notified on event(day, seq) where kind = 'Notified';
CREATE INDEX event_muted on event(seq) where kind in ('Muted', 'Unmuted');
CREATE TRIGGER event_stays before update on event
  begin select raise(abort, 'an event is never changed'); end;
CREATE TRIGGER event_is_kept before delete on event
  begin select raise(abort, 'an event is never deleted'); end;
CREATE TRIGGER definition_stays before update on definition
  begin select raise(abort, 'a definition is never changed'); end;
CREATE TRIGGER definition_is_kept before delete on definition
  begin select raise(abort, 'a definition is never deleted'); end;
CREATE INDEX enrollment_to_look_at
  on enrollment(account, coalesce(row, ''), playbook, episode, ended_on, watch_until)
  where ended_on is null or watch_until is not null;
CREATE INDEX enrollment_of_playbook
  on enrollment(playbook, account, row, episode, arm, started_on, ended_on, outcome);
CREATE INDEX enrollment_of_account on enrollment(account);
CREATE UNIQUE INDEX enrollment_once_at_a_time
  on enrollment(playbook, account, coalesce(row, char(0)), arm) where ended_on is null;
CREATE INDEX task_open on task(playbook, arm, enrollment, opened_on, key, owner) where state = 'open';
CREATE TRIGGER outbox_moves_once before update on outbox when old.state <> 'draft'
  begin select raise(abort, 'only a draft can change: nobody is told twice'); end;
CREATE TRIGGER outbox_stays_with_its_contact before update of task, enrollment, contact on outbox
  when (old.task, old.enrollment, old.contact) is not (new.task, new.enrollment, new.contact)
  begin select raise(abort, 'a draft keeps its contact'); end;
CREATE TRIGGER outbox_is_kept before delete on outbox
  begin select raise(abort, 'a line of the outbox is never deleted'); end;
CREATE TRIGGER outbox_is_for_the_treated before insert on outbox
  when (select arm from enrollment where key = new.enrollment) is not 'treated'
  begin select raise(abort, 'only a treated enrollment may tell somebody'); end;
COMMIT;
