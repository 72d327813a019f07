//! Jobs as rows of a table, in the SQL that both databases have in common.

use std::time::Duration;

use super::{Broken, Held, Job, Queue};

/// For how long deliveries are remembered.
const DELIVERIES: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What waits has no worker. The indexes keep a second job of the same key from waiting, or from running.
const TABLES: &str = "
create table if not exists score_fly_job (
  id {identity},
  key text not null,
  body text not null,
  run_at double precision not null,
  attempts bigint not null default 0,
  worker text,
  lease double precision,
  turn bigint
);
create unique index if not exists score_fly_job_waiting on score_fly_job (key) where worker is null;
create unique index if not exists score_fly_job_running on score_fly_job (key) where worker is not null;
create index if not exists score_fly_job_due on score_fly_job (run_at, id) where worker is null;
create table if not exists score_fly_delivery (
  sender text not null,
  delivery text not null,
  seen double precision not null,
  primary key (sender, delivery)
);
create index if not exists score_fly_delivery_seen on score_fly_delivery (seen);";

/// A newer event is a reason to try anew, with all attempts.
const ENQUEUE: &str = "insert into score_fly_job (key, body, run_at) values ($1, $2, {now} + $3)
on conflict (key) where worker is null do update set
  body = excluded.body,
  attempts = 0,
  run_at = case when excluded.run_at < score_fly_job.run_at then excluded.run_at else score_fly_job.run_at end";

const CLAIM: &str = "update score_fly_job set worker = $1, lease = {now} + $2, turn = $3, attempts = attempts + 1
where id = (
  select id from score_fly_job as waiting
  where worker is null and run_at <= {now}
    and not exists (select 1 from score_fly_job as running where running.key = waiting.key and running.worker is not null)
  order by case when key like '!%' then 0 else 1 end, run_at, id limit 1 {skip_locked}
)
returning id, key, body, attempts";

const CLAIMED: &str = "select id, key, body, attempts from score_fly_job where turn = $1";

const FINISH: &str = "delete from score_fly_job where id = $1 and worker = $2 and turn = $3";

/// Where a newer job waits, the index would refuse a second one.
const NEWER_WAITS: &str = "exists (
  select 1 from score_fly_job as waiting where waiting.key = score_fly_job.key and waiting.worker is null
)";

const RELEASE: &str = "update score_fly_job set worker = null, lease = null, turn = null";

const BEAT: &str = "update score_fly_job set lease = {now} + $1 where worker = $2";

const FORGET: &str = "delete from score_fly_delivery where seen < {now} - $1";

const REMEMBER: &str = "insert into score_fly_delivery (sender, delivery, seen) values ($1, $2, {now})
on conflict do nothing";

/// What databases write differently.
pub(super) struct Dialect {
    /// The time, in seconds since 1970, the same all through a statement.
    pub now: &'static str,
    /// A column of numbers that count up and never come again.
    pub identity: &'static str,
    /// Passes over rows that others are about to change.
    pub skip_locked: &'static str,
}

impl Dialect {
    fn of(&self, sql: &str) -> String {
        sql.replace("{now}", self.now).replace("{identity}", self.identity).replace("{skip_locked}", self.skip_locked)
    }
}

/// What stands for `$1`, `$2` and so on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Seconds(f64),
    Whole(i64),
}

pub(super) struct Statement<'a> {
    pub sql: String,
    pub values: Vec<Value<'a>>,
}

/// A job, without its turn: id, key, body and attempts.
pub(super) type Row = (i64, String, String, i64);

/// A database. What a call was to change is safe once it returns.
pub(super) trait Database: Send {
    const DIALECT: Dialect;

    /// Carries out statements without values, as one.
    fn define(&mut self, sql: &str) -> Result<(), Broken>;

    /// Carries out all statements or none. Gives how many rows they have changed.
    fn change(&mut self, statements: &[Statement<'_>]) -> Result<u64, Broken>;

    /// Carries out a statement that gives one row or none.
    fn row(&mut self, statement: &Statement<'_>) -> Result<Option<Row>, Broken>;
}

/// A queue in a database.
pub(super) struct Table<D> {
    database: D,
    /// The turn of a claim of which nobody knows how it ended.
    unsure: Option<i64>,
}

impl<D: Database> Table<D> {
    pub(super) fn new(mut database: D) -> Result<Self, Broken> {
        database.define(&D::DIALECT.of(TABLES))?;
        Ok(Self { database, unsure: None })
    }

    fn change<const N: usize>(&mut self, statements: [(&str, &[Value<'_>]); N]) -> Result<u64, Broken> {
        let statements = statements.map(|(sql, values)| statement::<D>(sql, values));
        self.database.change(&statements)
    }
}

fn statement<'a, D: Database>(sql: &str, values: &[Value<'a>]) -> Statement<'a> {
    Statement { sql: D::DIALECT.of(sql), values: values.to_vec() }
}

impl<D: Database> Queue for Table<D> {
    fn enqueue(&mut self, key: &str, body: &str, delay: Duration) -> Result<(), Broken> {
        let values = [Value::Text(key), Value::Text(body), Value::Seconds(delay.as_secs_f64())];
        self.change([(ENQUEUE, &values)]).map(drop)
    }

    fn claim(&mut self, worker: &str, lease: Duration) -> Result<Option<Job>, Broken> {
        let job = |turn| {
            move |(id, key, body, attempts)| Job {
                id,
                key,
                body,
                attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
                turn,
            }
        };
        if let Some(turn) = self.unsure {
            let claimed = self.database.row(&statement::<D>(CLAIMED, &[Value::Whole(turn)]))?;
            self.unsure = None;
            if claimed.is_some() {
                return Ok(claimed.map(job(turn)));
            }
        }
        let random = getrandom::u64().map_err(|error| Broken(format!("there are no random numbers: {error}")))?;
        let turn = random.cast_signed();
        let values = [Value::Text(worker), Value::Seconds(lease.as_secs_f64()), Value::Whole(turn)];
        let claimed = self.database.row(&statement::<D>(CLAIM, &values));
        self.unsure = claimed.is_err().then_some(turn);
        Ok(claimed?.map(job(turn)))
    }

    fn finish(&mut self, job: &Job, worker: &str) -> Result<Held, Broken> {
        let changed = self.change([(FINISH, &mine(job, worker))])?;
        Ok(if changed > 0 { Held::Kept } else { Held::Lost })
    }

    fn retry(&mut self, job: &Job, worker: &str, delay: Duration, most: u32) -> Result<Held, Broken> {
        if job.attempts >= most {
            return self.finish(job, worker);
        }
        let superseded = format!("{FINISH} and {NEWER_WAITS}");
        let put_back = format!("{RELEASE}, run_at = {{now}} + $4 where id = $1 and worker = $2 and turn = $3");
        let mine = mine(job, worker);
        let [id, worker, turn] = mine;
        let changed =
            self.change([(&superseded, &mine), (&put_back, &[id, worker, turn, Value::Seconds(delay.as_secs_f64())])])?;
        Ok(if changed > 0 { Held::Kept } else { Held::Lost })
    }

    fn beat(&mut self, worker: &str, lease: Duration) -> Result<(), Broken> {
        self.change([(BEAT, &[Value::Seconds(lease.as_secs_f64()), Value::Text(worker)])]).map(drop)
    }

    fn recover(&mut self, most: u32) -> Result<u64, Broken> {
        let expired = "worker is not null and lease < {now}";
        let given_up = format!("delete from score_fly_job where {expired} and (attempts >= $1 or {NEWER_WAITS})");
        let put_back = format!("{RELEASE}, run_at = {{now}} where {expired}");
        self.change([(&given_up, &[Value::Whole(most.into())]), (&put_back, &[])])
    }

    fn remember(&mut self, sender: &str, delivery: &str) -> Result<bool, Broken> {
        self.change([(FORGET, &[Value::Seconds(DELIVERIES.as_secs_f64())])])?;
        Ok(self.change([(REMEMBER, &[Value::Text(sender), Value::Text(delivery)])])? > 0)
    }
}

fn mine<'a>(job: &Job, worker: &'a str) -> [Value<'a>; 3] {
    [Value::Whole(job.id), Value::Text(worker), Value::Whole(job.turn)]
}
