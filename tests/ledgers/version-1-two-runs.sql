-- A ledger as version 1 wrote it: a draft that was sent, one that waits, what was remembered.
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
INSERT INTO "enrollment" VALUES('e1','usage-drop','acme',NULL,1,'treated','2026-03-02',NULL,NULL,NULL,'{"account":"acme","arm":"treated","by":"rule","definition":"d1","episode":1,"key":"e1","playbook":"usage-drop","row":null,"started_on":"2026-03-02","steps":{"mail":{"by":"lea","done_on":"2026-03-02","outcome":"sent","ready_on":"2026-03-02","state":"done"}},"tasks":{"t1":{"by":"lea","contact":"claire","done_on":"2026-03-02","due":"2026-03-03","key":"t1","kind":"email","minutes":5,"opened_on":"2026-03-02","outcome":"sent","owner":"lea","payload":"p1","state":"done","step":"mail"}}}');
INSERT INTO "enrollment" VALUES('e2','usage-drop','bolt',NULL,1,'treated','2026-03-03',NULL,NULL,NULL,'{"account":"bolt","arm":"treated","by":"rule","definition":"d1","episode":1,"key":"e2","playbook":"usage-drop","row":null,"started_on":"2026-03-03","steps":{"mail":{"ready_on":"2026-03-02","state":"open"}},"tasks":{"t2":{"contact":"claire","due":"2026-03-03","key":"t2","kind":"email","minutes":5,"opened_on":"2026-03-02","owner":"lea","payload":"p1","step":"mail"}}}');
CREATE TABLE event(
  seq integer primary key, run integer references run(id), day text not null, recorded_at text not null,
  kind text not null, enrollment text, account text, body text not null, hash text not null
) strict;
INSERT INTO "event" VALUES(1,1,'2026-03-02','2026-03-02T05:00:00Z','Started','e1','acme','{"account":"acme","arm":"treated","by":"rule","definition":"d1","enrollment":"e1","episode":1,"kind":"Started","on":"2026-03-02","playbook":"usage-drop","row":null}','37306dd51b6f9d28fbff8017e83378912b2b847625a5bd7289e776f1adccbf45');
INSERT INTO "event" VALUES(2,1,'2026-03-02','2026-03-02T05:00:00Z','StepOpened','e1','acme','{"enrollment":"e1","kind":"StepOpened","on":"2026-03-02","step":"mail","tasks":[{"contact":"claire","due":"2026-03-03","key":"t1","kind":"email","minutes":5,"opened_on":"2026-03-02","owner":"lea","payload":"p1","step":"mail"}]}','a10bd880a8ff54bea799adc0a406eeadb52e26ac150d4129f1a7827bbdbf9f1c');
INSERT INTO "event" VALUES(3,NULL,'2026-03-02','2026-03-02T05:00:00Z','TaskAnswered','e1','acme','{"by":"lea","enrollment":"e1","kind":"TaskAnswered","on":"2026-03-02","outcome":"sent","task":"t1"}','33afe4e2a8b7d18ab91f7da49d376944784cb200035b3e5683e935e63f32ab2f');
INSERT INTO "event" VALUES(4,2,'2026-03-03','2026-03-02T05:00:00Z','Started','e2','bolt','{"account":"bolt","arm":"treated","by":"rule","definition":"d1","enrollment":"e2","episode":1,"kind":"Started","on":"2026-03-03","playbook":"usage-drop","row":null}','a461d021ad0a5197d9641aee53c884c9d6bd395c4252006d0ce1e55a53ccc877');
INSERT INTO "event" VALUES(5,2,'2026-03-02','2026-03-02T05:00:00Z','StepOpened','e2','bolt','{"enrollment":"e2","kind":"StepOpened","on":"2026-03-02","step":"mail","tasks":[{"contact":"claire","due":"2026-03-03","key":"t2","kind":"email","minutes":5,"opened_on":"2026-03-02","owner":"lea","payload":"p1","step":"mail"}]}','9e3a8871a821b5a30b0c186ef07d505dddb316ccfb9caacde1b609690344b0f9');
CREATE TABLE file(
  run integer not null references run(id), path text not null, content blob, sha256 text not null,
  primary key (run, path)
) strict;
INSERT INTO "file" VALUES(1,'2026-03-02/tasks.csv',NULL,'a7998f247bd965694ff227fa325c81169a07471a8b6808d3e002a486c4e65975');
CREATE TABLE memory(
  series text not null, subject text not null, day integer not null, value any,
  primary key (series, subject, day)
) strict, without rowid;
INSERT INTO "memory" VALUES('fits:usage-drop:live','acme',20514,1);
INSERT INTO "memory" VALUES('fits:usage-drop:live','bolt',20515,1);
CREATE TABLE meta(k text primary key, v text not null) strict, without rowid;
INSERT INTO "meta" VALUES('id','7d0c0000-0000-4000-8000-000000000000');
INSERT INTO "meta" VALUES('made_at','2026-03-02T05:00:00Z');
INSERT INTO "meta" VALUES('sum of definition','83182232dbc0b9f41f66cca37b0fb15c');
INSERT INTO "meta" VALUES('sum of file','f2b253f7096ddf5d0e5aeb3cbae612db');
INSERT INTO "meta" VALUES('sum of memory','25add0c1d3a2a0c669736441d7fd97f4');
INSERT INTO "meta" VALUES('sum of meta','74b9090558c662e3fbd22f20786f52a3');
INSERT INTO "meta" VALUES('sum of run','2574116d55568fc44d148661b2f3230f');
INSERT INTO "meta" VALUES('sum of series','793b3e5c0adfbb76612e75359a19d8f7');
INSERT INTO "meta" VALUES('version','0.1.0');
CREATE TABLE outbox(
  task text primary key, enrollment text not null references enrollment(key), run integer references run(id),
  contact text, payload text not null,
  state text not null check (state in ('draft', 'sent', 'discarded', 'cancelled'))
) strict, without rowid;
INSERT INTO "outbox" VALUES('t1','e1',1,'claire','p1','sent');
INSERT INTO "outbox" VALUES('t2','e2',2,'claire','p1','draft');
CREATE TABLE run(
  id integer primary key, day text not null, snapshot_sha text not null, sources_hash text not null,
  files_hash text not null, plan_hash text not null, version text not null, started_at text not null,
  fresh integer not null check (fresh in (0, 1)), counts text not null,
  published integer not null default 0 check (published in (0, 1))
) strict;
INSERT INTO "run" VALUES(1,'2026-03-02','snapshot','sources','files','plan','0.1.0','2026-03-02T05:00:00Z',1,'{"start": 1}',1);
INSERT INTO "run" VALUES(2,'2026-03-03','snapshot','other','files','plan','0.1.0','2026-03-02T05:00:00Z',1,'{"start": 1}',0);
CREATE TABLE series(
  series text primary key, first_day integer not null, last_day integer not null
) strict, without rowid;
INSERT INTO "series" VALUES('fits:usage-drop:live',20514,20515);
CREATE TABLE task(
  key text primary key, enrollment text not null references enrollment(key), playbook text not null,
  arm text not null, owner text not null, state text not null, opened_on text not null, due text not null,
  step text not null
) strict, without rowid;
INSERT INTO "task" VALUES('t1','e1','usage-drop','treated','lea','done','2026-03-02','2026-03-03','mail');
INSERT INTO "task" VALUES('t2','e2','usage-drop','treated','lea','open','2026-03-02','2026-03-03','mail');
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
