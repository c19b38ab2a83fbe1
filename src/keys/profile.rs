//! `territories.toml`: where, how much, how it is guarded.

use super::{Key, Kind, LeftOut, Section};
use crate::artifact::ArtifactKind;

const TEXT: Kind = Kind::Text("text in quotes");
const NAME: Kind = Kind::Text("a name in quotes");
const ZONE: Kind = Kind::Text("the name of a time zone in quotes");
const PATH: Kind = Kind::Text("a path in quotes");
const ADDRESS: Kind = Kind::Text("an address in quotes");
const DURATION: Kind = Kind::Text("a duration in quotes");
const LATENCY: Kind = Kind::Text("a latency in quotes");
const WEEK: Kind = Kind::Text("weekdays in quotes");
const QUERY: Kind = Kind::Text("a PromQL query in quotes");
const SETS: Kind = Kind::Texts("a list of names in quotes");

/// The file's top.
pub static PROFILE: Section = Section {
    path: "",
    about: "Where, how much, how it is guarded. Only what something is made of is asked for.",
    keys: &[&[
        key!("workloads": Kind::Named(&WORKLOAD), LeftOut::Never;
            "What is scaled, each under a name.";
            "{ checkout = { replicas = { min = 2, max = 20 } } }"),
        key!("territories": Kind::Named(&TERRITORY), LeftOut::Means("one Deployment of each workload serves everybody");
            "Where it runs, each under a name in upper case.";
            "{ EAST = { zone = \"America/New_York\" } }"),
        key!("platform": Kind::Table(&PLATFORM), LeftOut::Means("the defaults of its keys");
            "The systems that the files are for.";
            "{ namespace = \"shop\", zone = \"America/New_York\" }"),
        key!("artifacts": Kind::Table(&ARTIFACTS), LeftOut::Means("every file that the policy has something to say in");
            "Which files are made.";
            "{ make = [\"keda\"] }"),
        key!("gates": Kind::Table(&GATES), LeftOut::Means("the defaults of its keys");
            "Limits beyond which somebody is told.";
            "{ latency-objective = 0.95 }"),
        key!("limits": Kind::Named(&LIMIT), LeftOut::Nothing;
            "Metrics of the business's own, and the most that each may be.";
            "{ credit-checks = { metric = \"credit_checks_in_flight\", most = 25 } }"),
        key!("journal": Kind::Table(&JOURNAL), LeftOut::Means("no migration is made");
            "The event journal in PostgreSQL.";
            "{ version = 226, description = \"scaling_event_journal\" }"),
        key!("cost": Kind::Table(&COST), LeftOut::Means("no money is shown");
            "What a pod costs.";
            "{ pod-hour = 0.045, currency = \"USD\" }"),
        key!("budget": Kind::Table(&BUDGET), LeftOut::Nothing;
            "What the floors may take.";
            "{ month = { pod-hours = 9000 } }"),
        key!("load": Kind::Table(&LOAD), LeftOut::Means("a load that is the same all day");
            "How the load goes over a day and a week, for `simulate`.";
            "{ day = [\"06:00 0.1\", \"09:00 1\"] }"),
    ]],
    meant: &[
        ("workload", "write `[workloads.NAME]`, with an s and a name"),
        ("territory", "write `[territories.NAME]`, with an s and a name"),
        ("plan", "`[plan]` stands in calendar.toml"),
        ("seasons", "`[seasons.NAME]` stands in calendar.toml"),
        ("campaigns", "`[campaigns.NAME]` stands in calendar.toml"),
        ("holidays", "`[holidays.NAME]` stands in calendar.toml"),
    ],
};

fn artifact_ids() -> Vec<&'static str> {
    ArtifactKind::ALL.iter().map(|kind| kind.id()).collect()
}

static ARTIFACTS: Section = Section {
    path: "artifacts",
    about: "Which files are made.",
    keys: &[&[key!("make": Kind::SomeOf(artifact_ids), LeftOut::Never;
        "The kinds of files, by the words of `seasonscale generate --only`.";
        "[\"keda\", \"runbook\"]")]],
    meant: &[],
};

static PLATFORM: Section = Section {
    path: "platform",
    about: "The systems that the files are for, and their versions.",
    keys: &[&[
        key!("keda": Kind::Text("a version in quotes"), LeftOut::Is("\"2.20\"");
            "KEDA's version: what it lacks is not emitted.";
            "\"2.21\""),
        key!("kubernetes": Kind::Text("a version in quotes"), LeftOut::Is("\"1.35\"");
            "The cluster's version.";
            "\"1.37\""),
        key!("namespace": NAME, LeftOut::Is("\"default\"");
            "The namespace of all objects.";
            "\"shop\""),
        key!("prometheus-url": ADDRESS, LeftOut::NeverWhere("where a load is measured");
            "Prometheus, as KEDA reaches it, without a slash at its end.";
            "\"http://prometheus.monitoring.svc:9090\""),
        key!("runbook-url": ADDRESS, LeftOut::Nothing;
            "Where the runbook is published; alerts link to it.";
            "\"https://wiki.example.com/runbook-seasonal\""),
        key!("team": NAME, LeftOut::Nothing;
            "The label `team` of every alert.";
            "\"platform\""),
        key!("job": TEXT, LeftOut::Nothing;
            "The label `job` of the services' series.";
            "\"shop\""),
        key!("app": TEXT, LeftOut::Nothing;
            "The label `app` of the services' series.";
            "\"api\""),
        key!("zone": ZONE, LeftOut::Is("\"UTC\"");
            "The clock of what has no territory, and of territories that name none.";
            "\"America/New_York\""),
        key!("holidays": SETS, LeftOut::Nothing;
            "The holiday sets of what has no territory.";
            "[\"national\"]"),
        key!("workweek": WEEK, LeftOut::Is("\"mon-fri\"");
            "The weekdays on which people work.";
            "\"sun-thu\""),
        key!("keda-namespace-label": NAME, LeftOut::Is("\"exported_namespace\"");
            "Which label of KEDA's own series has a ScaledObject's namespace.";
            "\"namespace\""),
        key!("rules": Kind::OneOf(&["file", "prometheus-rule"]), LeftOut::Is("\"file\"");
            "How Prometheus gets its rules: a file alone, or an object of the operator too.";
            "\"prometheus-rule\""),
        key!("keda-form": Kind::OneOf(&["objects", "patches", "triggers"]), LeftOut::Is("\"objects\"");
            "How our triggers reach somebody's own objects: whole, as a kustomize component, as values of a chart.";
            "\"patches\""),
        key!("node-start-up": DURATION, LeftOut::Means("there is always room");
            "How long a new node takes, for `simulate`.";
            "\"3m\""),
        key!("spare-replicas": Kind::Whole, LeftOut::Is("0");
            "How many replicas find room without a new node; beside `node-start-up`.";
            "2"),
        key!("metrics": Kind::Table(&METRICS), LeftOut::Means("Micrometer's names");
            "What the services' series are called.";
            "{ preset = \"opentelemetry\", workload-label = \"service_name\" }"),
        key!("container": Kind::Table(&CONTAINER), LeftOut::NeverWhere("where Deployments are made");
            "What runs in every pod.";
            "{ image = \"registry.example.com/shop-{workload}:1.2.3\", port = 8080 }"),
    ]],
    meant: &[
        ("timezone", "write `zone = \"America/New_York\"`"),
        ("prometheus", "write `prometheus-url = \"http://prometheus.monitoring.svc:9090\"`"),
    ],
};

const PRESETS: &[&str] = &["micrometer", "opentelemetry"];
const BY_PRESET: LeftOut = LeftOut::Means("the preset's");

static METRICS: Section = Section {
    path: "platform.metrics",
    about: "What the services' series are called: triggers, rules and dashboards ask by these names.",
    keys: &[&[
        key!("preset": Kind::OneOf(PRESETS), LeftOut::Is("\"micrometer\"");
            "Who names them: Micrometer, or OpenTelemetry's conventions of HTTP servers.";
            "\"opentelemetry\""),
        key!("requests": NAME, BY_PRESET;
            "The counter of requests.";
            "\"http_server_request_duration_seconds_count\""),
        key!("histogram": NAME, BY_PRESET;
            "The histogram of how long they took, in seconds: the name of its buckets.";
            "\"http_server_request_duration_seconds_bucket\""),
        key!("alive": NAME, BY_PRESET;
            "What each pod reports from its start on, one series for each pod.";
            "\"target_info\""),
        key!("namespace-label": NAME, LeftOut::Means("requests are not asked for by namespace");
            "The label of the pods' namespace: where two plans have workloads of one name, `job` and `app`.";
            "\"namespace\""),
        key!("territory-label": NAME, LeftOut::Is("\"territory\"");
            "The label whose value is the territory's name; \"none\" where there is one alone.";
            "\"region\""),
        key!("workload-label": NAME, LeftOut::Is("\"workload\"");
            "The label whose value is the workload's name; \"none\" where there is one alone.";
            "\"service_name\""),
        key!("method-label": NAME, BY_PRESET; "The label of the HTTP method."; "\"http_request_method\""),
        key!("status-label": NAME, BY_PRESET;
            "The label of the answer's status, a number of three digits.";
            "\"http_response_status_code\""),
        key!("path-label": NAME, BY_PRESET;
            "The label of the path, which the runbook looks at.";
            "\"http_route\""),
    ]],
    meant: &[
        ("territory", "write `territory-label = \"region\"`"),
        ("workload", "write `workload-label = \"service_name\"`"),
        ("counter", "write `requests = \"http_requests_total\"`"),
    ],
};

static CONTAINER: Section = Section {
    path: "platform.container",
    about: "What runs in every pod.",
    keys: &[&[
        key!("image": Kind::Text("an image in quotes"), LeftOut::Never;
            "The image, with a tag or a digest; `{workload}` stands for the workload's name.";
            "\"registry.example.com/shop-{workload}:1.2.3\""),
        key!("port": Kind::Whole, LeftOut::Never; "The port of the service."; "8080"),
        key!("startup": PATH, LeftOut::Never; "The path that says that it has started."; "\"/q/health/started\""),
        key!("liveness": PATH, LeftOut::Never; "The path that says that it lives."; "\"/q/health/live\""),
        key!("readiness": PATH, LeftOut::Never; "The path that says that it can serve."; "\"/q/health/ready\""),
        key!("metrics": PATH, LeftOut::Never; "The path of its metrics."; "\"/q/metrics\""),
    ]],
    meant: &[],
};

const REPLICAS: Kind = Kind::Table(&RANGE);

const SCALE_UP: Key = key!("scale-up-per-minute": Kind::Whole, LeftOut::Means("what the highest floor needs");
    "The most replicas that may be added per minute.";
    "4");

const RPS: &str = "where its requests are counted";

static WORKLOAD: Section = Section {
    path: "workloads.NAME",
    about: "What is scaled: by the calendar alone, by requests, by a queue, or somebody's own ScaledObject.",
    keys: &[
        &[
            key!("title": TEXT, LeftOut::Means("its name"); "What people call it."; "\"Checkout\""),
            key!("deployment": NAME, LeftOut::Means("its name, with the territory after it");
                "The Deployment's name; `{territory}` stands for the territory's, in lower case.";
                "\"shop-checkout-{territory}\""),
            key!("cooldown": DURATION, LeftOut::Is("\"300s\"");
                "How long KEDA waits before it gives replicas back.";
                "\"180s\""),
            key!("scale-down-window": DURATION, LeftOut::Means("`cooldown`, from 5 to 10 minutes");
                "Over how long the HPA looks before it gives replicas back.";
                "\"5m\""),
            key!("resources": Kind::Table(&RESOURCES), LeftOut::NeverWhere("where Deployments are made");
                "What one replica asks for.";
                "{ cpu = \"250m\", memory = \"512Mi\" }"),
        ],
        // One Deployment for everybody: what each territory says elsewhere.
        &[
            key!("replicas": REPLICAS, LeftOut::NeverWhere("where one Deployment serves everybody");
                "The least and the most replicas.";
                "{ min = 2, max = 20 }"),
            key!("rps-per-replica": Kind::Number, LeftOut::NeverWhere(RPS);
                "Requests per second that one replica carries.";
                "80"),
            key!("scale-up-p95": LATENCY, LeftOut::Nothing;
                "The p95 that makes the scaler add replicas.";
                "\"200ms\""),
            SCALE_UP,
            key!("base-load": Kind::Number, LeftOut::Nothing;
                "The load at no season: requests or messages per second.";
                "120"),
        ],
        // Requests.
        &[
            key!("methods": Kind::Texts("a list of HTTP methods in quotes"), LeftOut::Means("all");
                "The HTTP methods that count.";
                "[\"GET\"]"),
            key!("rps": QUERY, LeftOut::NeverWhere("beside `p95`");
                "Its load in requests per second, by a query of your own and not by the series of `[platform.metrics]`; `{territory}` stands for the territory's name.";
                "\"sum(rate(istio_requests_total{destination_app='checkout'}[2m]))\""),
            key!("p95": QUERY, LeftOut::NeverWhere("beside `rps` and a limit of its p95");
                "Its p95 in seconds, by a query of your own; beside `rps`.";
                "\"max(checkout_answer_seconds{quantile='0.95'})\""),
            key!("p95-gate": LATENCY, LeftOut::Nothing; "The p95 over all territories that is too slow."; "\"300ms\""),
            key!("p95-emergency": LATENCY, LeftOut::Nothing; "The p95 that is an emergency."; "\"500ms\""),
            key!("service-time": LATENCY, LeftOut::Nothing;
                "What one request or message takes where nothing waits, for `simulate`.";
                "\"12ms\""),
        ],
        // Queues.
        &[
            key!("messages-per-replica": Kind::Number, LeftOut::NeverWhere("beside `pending`");
                "How many waiting messages one replica is for.";
                "100"),
            key!("pending": QUERY, LeftOut::NeverWhere("where no journal is made, whose views say it");
                "How many messages wait.";
                "\"sum(orders_queue_depth)\""),
            key!("lag": QUERY, LeftOut::NeverWhere("beside `dispatch-lag` where no journal is made");
                "The age of the oldest message, in seconds.";
                "\"max(orders_queue_oldest_seconds)\""),
            key!("dispatch-lag": DURATION, LeftOut::Nothing;
                "The age of the oldest message that makes the scaler add replicas.";
                "\"30s\""),
        ],
        // Somebody's own ScaledObject.
        &[
            key!("scaledobject": Kind::TextOr(&SCALEDOBJECT), LeftOut::Nothing;
                "The file of somebody's own ScaledObject: it stays as it is, and gets the plan's cron triggers.";
                "\"base/checkout.yaml\""),
            key!("zone": ZONE, LeftOut::Means("the territory's or the platform's");
                "With `scaledobject`: the clock of its windows.";
                "\"America/New_York\""),
            key!("territory": NAME, LeftOut::Nothing;
                "With `scaledobject`: the territory that it belongs to.";
                "\"EAST\""),
            key!("keep-cron": Kind::Boolean, LeftOut::Is("false");
                "With `scaledobject`: cron triggers of its own stay beside the plan's.";
                "true"),
        ],
    ],
    meant: &[
        ("min", "write `replicas = { min = 2, max = 20 }`"),
        ("max", "write `replicas = { min = 2, max = 20 }`"),
        ("floor", "a floor is a season's: `floor = { checkout = 12 }` in `[seasons.NAME]`"),
        ("name", "write `deployment = \"..\"`"),
        ("namespace", "`namespace` stands in `[platform]`"),
    ],
};

static RANGE: Section = Section {
    path: "workloads.NAME.replicas",
    about: "How many replicas run; in a territory's table of a workload, too.",
    keys: &[&[
        key!("min": Kind::Whole, LeftOut::Never; "How many run while nothing asks for more; at least 1."; "2"),
        key!("max": Kind::Whole, LeftOut::Never; "The most."; "20"),
    ]],
    meant: &[("minimum", "write `min`"), ("maximum", "write `max`")],
};

static RESOURCES: Section = Section {
    path: "workloads.NAME.resources",
    about: "What one replica asks for.",
    keys: &[&[
        key!("cpu": TEXT, LeftOut::Never; "Processor time that is kept for it."; "\"250m\""),
        key!("memory": TEXT, LeftOut::Never; "Memory that is kept for it."; "\"512Mi\""),
        key!("cpu-limit": TEXT, LeftOut::Means("none: no throttling"); "The most processor time."; "\"1\""),
        key!("memory-limit": TEXT, LeftOut::Means("`memory`"); "The most memory."; "\"1Gi\""),
    ]],
    meant: &[],
};

static SCALEDOBJECT: Section = Section {
    path: "workloads.NAME.scaledobject",
    about: "One of several objects of a file.",
    keys: &[&[
        key!("file": PATH, LeftOut::Never; "The file, from the policy's folder."; "\"base/all.yaml\""),
        key!("name": NAME, LeftOut::Means("the only one of the file"); "The object's name."; "\"checkout\""),
        key!("namespace": NAME, LeftOut::Means("the only one of that name"); "The object's namespace."; "\"shop\""),
    ]],
    meant: &[],
};

static TERRITORY: Section = Section {
    path: "territories.TERRITORY",
    about: "Where the business runs; beside these keys a table for each workload that runs there.",
    keys: &[&[
        key!("title": TEXT, LeftOut::Means("its name"); "What people call it."; "\"East coast\""),
        key!("zone": ZONE, LeftOut::Means("the platform's"); "Its clock."; "\"America/New_York\""),
        key!("share": Kind::Number, LeftOut::Means("the same for all");
            "Its part of the whole load; all of them say theirs, or none.";
            "0.7"),
        key!("p95-target": LATENCY, LeftOut::Nothing; "The p95 that its customers were promised."; "\"300ms\""),
        key!("holidays": SETS, LeftOut::Nothing; "The holiday sets that it keeps."; "[\"national\"]"),
        key!("workweek": WEEK, LeftOut::Means("the platform's"); "The weekdays on which people work."; "\"sun-thu\""),
        key!("note": TEXT, LeftOut::Nothing; "What else is worth knowing."; "\"most of the load\""),
        key!("WORKLOAD": Kind::Table(&SHARE), LeftOut::Means("it does not run there");
            "What a workload gets there.";
            "{ replicas = { min = 2, max = 20 }, rps-per-replica = 80 }"),
    ]],
    meant: &[("timezone", "write `zone = \"America/New_York\"`")],
};

static SHARE: Section = Section {
    path: "territories.TERRITORY.WORKLOAD",
    about: "What a workload gets in a territory.",
    keys: &[&[
        key!("replicas": REPLICAS, LeftOut::Never; "The least and the most replicas."; "{ min = 2, max = 20 }"),
        key!("rps-per-replica": Kind::Number, LeftOut::NeverWhere(RPS);
            "Requests per second that one replica carries.";
            "80"),
        key!("scale-up-p95": LATENCY, LeftOut::Nothing; "The p95 that makes the scaler add replicas."; "\"200ms\""),
        SCALE_UP,
        key!("base-load": Kind::Number, LeftOut::Nothing; "Requests per second at no season."; "120"),
    ]],
    meant: &[
        ("min", "write `replicas = { min = 2, max = 20 }`"),
        ("max", "write `replicas = { min = 2, max = 20 }`"),
    ],
};

static GATES: Section = Section {
    path: "gates",
    about: "Limits beyond which somebody is told.",
    keys: &[&[
        key!("latency-objective": Kind::Number, LeftOut::Is("0.95");
            "The share of requests that are answered in time; the rest is the error budget.";
            "0.99"),
        key!("minimal-rps": Kind::Number, LeftOut::Is("0.2");
            "Requests per second below which a p95 says nothing.";
            "0.2"),
        key!("outbox-lag": DURATION, LeftOut::Is("\"60s\""); "The lag of the outbox that is an emergency."; "\"60s\""),
        key!("outbox-depth": Kind::Whole, LeftOut::Is("500"); "Undelivered events that are worth a look."; "500"),
        key!("prescale-idle-for": DURATION, LeftOut::Is("\"30m\"");
            "How long a floor may stay without load.";
            "\"30m\""),
        key!("prescale-idle-share": Kind::Number, LeftOut::Is("0.25");
            "The share of what a replica carries under which it is without load.";
            "0.25"),
        key!("start-up": DURATION, LeftOut::Is("\"120s\""); "What a replica takes from scheduled to ready."; "\"2m\""),
    ]],
    meant: &[],
};

static JOURNAL: Section = Section {
    path: "journal",
    about: "The event journal in PostgreSQL; there is no journal without this table.",
    keys: &[&[
        key!("version": Kind::Whole, LeftOut::Never; "The version of the Flyway migration."; "226"),
        key!("description": NAME, LeftOut::Never; "Its description, after two underscores."; "\"scaling_event_journal\""),
        key!("released": Kind::Wholes, LeftOut::Nothing;
            "Versions that databases have applied: their files keep their bytes.";
            "[226]"),
        key!("schema": NAME, LeftOut::Never; "The schema in PostgreSQL."; "\"scaling\""),
        key!("prefix": NAME, LeftOut::Never; "What roles and metrics begin with."; "\"shop_scaling\""),
        key!("territory-setting": TEXT, LeftOut::Never; "The session setting that names the territory."; "\"app.territory\""),
        key!("spill-ratio": Kind::Number, LeftOut::Never;
            "How full the queue of NOTIFY is when wake-ups are left out.";
            "0.7"),
        key!("critical-ratio": Kind::Number, LeftOut::Never;
            "How full it is when critical events are left out, too.";
            "0.95"),
        key!("retention": DURATION, LeftOut::Never; "How long delivered events are kept."; "\"30d\""),
        key!("max-attempts": Kind::Whole, LeftOut::Never; "After how many failures an event is parked."; "10"),
        key!("purge": Kind::Table(&PURGE), LeftOut::Means("somebody else removes delivered events");
            "A CronJob that removes delivered events after the retention.";
            "{ image = \"docker.io/library/postgres:18\", secret = \"journal-janitor\" }"),
    ]],
    meant: &[],
};

static PURGE: Section = Section {
    path: "journal.purge",
    about: "A CronJob that removes delivered events after the retention.",
    keys: &[&[
        key!("image": Kind::Text("an image in quotes"), LeftOut::Never;
            "An image that has psql, with a tag or a digest.";
            "\"docker.io/library/postgres:18\""),
        key!("secret": NAME, LeftOut::Never;
            "The Secret whose key `pg_service.conf` says how to reach the database as a janitor; its key `ca.crt` is the CA that `sslmode=verify-full` asks for.";
            "\"journal-janitor\""),
        key!("at": Kind::Text("a time of day in quotes"), LeftOut::Is("\"03:17\"");
            "When it begins, each day, on the platform's clock.";
            "\"03:17\""),
        key!("name": NAME, LeftOut::Is("\"journal-purge\"");
            "What the CronJob is called.";
            "\"journal-purge\""),
    ]],
    meant: &[("schedule", "write `at = \"03:17\"`, a time of day")],
};

static COST: Section = Section {
    path: "cost",
    about: "What a pod costs; no money is shown without this table.",
    keys: &[&[
        key!("pod-hour": Kind::Number, LeftOut::Never; "An hour of one pod."; "0.045"),
        key!("currency": TEXT, LeftOut::Never; "Of what."; "\"USD\""),
    ]],
    meant: &[],
};

static LIMIT: Section = Section {
    path: "limits.NAME",
    about: "A metric of the business's own, and an alert where it is too high.",
    keys: &[&[
        key!("title": TEXT, LeftOut::Means("its name as a sentence"); "What people call it."; "\"Credit checks in flight\""),
        key!("metric": NAME, LeftOut::Never; "The name of the metric."; "\"credit_checks_in_flight\""),
        key!("most": Kind::Number, LeftOut::Never; "The most that it may be."; "25"),
        key!("per": NAME, LeftOut::Means("all together"); "The label by which it is counted."; "\"provider\""),
        key!("severity": Kind::OneOf(&["critical", "warning", "info"]), LeftOut::Is("\"warning\"");
            "How bad it is.";
            "\"critical\""),
    ]],
    meant: &[("max", "write `most = 25`"), ("label", "write `per = \"provider\"`")],
};

const AMOUNTS: &[Key] = &[
    key!("month": Kind::Table(&AMOUNT), LeftOut::Nothing; "In each month."; "{ pod-hours = 9000 }"),
    key!("horizon": Kind::Table(&AMOUNT), LeftOut::Nothing; "Over the whole plan."; "{ cost = 5000 }"),
];

static BUDGET: Section = Section {
    path: "budget",
    about: "What the floors may take, in all territories together.",
    keys: &[
        AMOUNTS,
        &[key!("in": Kind::Named(&BUDGET_IN), LeftOut::Nothing;
            "What they may take in one territory.";
            "{ EAST = { month = { pod-hours = 4000 } } }")],
    ],
    meant: &[],
};

static BUDGET_IN: Section = Section {
    path: "budget.in.TERRITORY",
    about: "What the floors may take in one territory.",
    keys: &[AMOUNTS],
    meant: &[],
};

static AMOUNT: Section = Section {
    path: "budget.month",
    about: "An amount; `horizon` has the same keys.",
    keys: &[&[
        key!("pod-hours": Kind::Number, LeftOut::Nothing; "Replicas times hours."; "9000"),
        key!("cost": Kind::Number, LeftOut::Nothing; "Money; beside `[cost]`."; "5000"),
    ]],
    meant: &[],
};

static LOAD: Section = Section {
    path: "load",
    about: "How the load goes, for `simulate`; 1 is the load of that time of the year.",
    keys: &[&[
        key!("day": Kind::Texts("a list of times with their parts, in quotes"), LeftOut::Never;
            "The part at some times, in quarters of an hour; between them it goes in straight lines.";
            "[\"06:00 0.1\", \"09:00 1\", \"18:00 1\"]"),
        key!("week": Kind::Table(&WEEKDAYS), LeftOut::Means("1 on each day");
            "The part on weekdays.";
            "{ sat = 0.6, sun = 0.4 }"),
    ]],
    meant: &[],
};

static WEEKDAYS: Section = Section {
    path: "load.week",
    about: "The part of the load on a weekday.",
    keys: &[&[
        key!("mon": Kind::Number, LeftOut::Is("1"); "On Mondays."; "1"),
        key!("tue": Kind::Number, LeftOut::Is("1"); "On Tuesdays."; "1"),
        key!("wed": Kind::Number, LeftOut::Is("1"); "On Wednesdays."; "1"),
        key!("thu": Kind::Number, LeftOut::Is("1"); "On Thursdays."; "1"),
        key!("fri": Kind::Number, LeftOut::Is("1"); "On Fridays."; "1"),
        key!("sat": Kind::Number, LeftOut::Is("1"); "On Saturdays."; "0.6"),
        key!("sun": Kind::Number, LeftOut::Is("1"); "On Sundays."; "0.4"),
    ]],
    meant: &[],
};
