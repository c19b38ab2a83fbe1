//! Everything that a plan says besides its floors, as words by subject: what a comparison finds is named by these.
//!
//! Every struct is taken apart without `..`, so that a new field of the profile cannot be forgotten here.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::dates::weekdays_text;
use crate::kept::{Kept, Scaled};
use crate::name::MetricName;
use crate::plan::{Occasion, OccasionKind, Origin, Plan, ScaleUp, Schedule};
use crate::profile::{
    Budget, Container, Cost, Gates, Guard, Journal, KeptTarget, Limit, LoadShape, MetricLimit, Metrics,
    Nodes, Platform, Profile, Purge, Target, Territory, Workload, WorkloadKind,
};
use crate::quantity::Release;

/// Facts by subject and name.
pub(super) type Facts = BTreeMap<(String, &'static str), String>;

/// All of them.
pub(super) fn facts(plan: &Plan) -> Facts {
    let Plan {
        name,
        title,
        horizon,
        begin_span: _,
        horizon_span: _,
        profile,
        occasions: _,
        origins: _,
        switched_off: _,
        schedules,
    } = plan;
    let mut said = Collected { facts: Facts::new() };
    said.add("the plan", "name", name);
    said.may("the plan", "title", title.as_ref());
    said.add("the plan", "from", horizon.from);
    said.add("the plan", "until", horizon.until);
    said.profile(profile);
    for occasion in &plan.occasions {
        said.occasion(occasion);
    }
    for (on, origins) in super::windows::origins(plan) {
        said.origins(&on, &origins);
    }
    for schedule in schedules {
        let ScaleUp { pods_per_minute, may_double, without_tolerance } = schedule.scale_up;
        let name = target(plan, schedule);
        said.add(&name, "replicas added per minute", pods_per_minute);
        said.add(&name, "may double per minute", may_double);
        said.add(&name, "tolerance off for growing", without_tolerance);
    }
    said.facts
}

fn target(plan: &Plan, schedule: &Schedule) -> String {
    plan.profile.full_name(&plan.profile.targets[schedule.target.0])
}

struct Collected {
    facts: Facts,
}

impl Collected {
    fn add(&mut self, subject: &str, fact: &'static str, value: impl ToString) {
        self.facts.insert((subject.to_owned(), fact), value.to_string());
    }

    /// A fact that may be missing.
    fn may(&mut self, subject: &str, fact: &'static str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.add(subject, fact, value);
        }
    }

    fn profile(&mut self, profile: &Profile) {
        let Profile {
            platform,
            territories,
            workloads,
            targets,
            gates,
            load,
            journal,
            cost,
            limits,
            artifacts,
            budgets,
        } = profile;
        self.platform(platform);
        territories.iter().for_each(|territory| self.territory(territory));
        workloads.iter().for_each(|workload| self.workload(workload));
        targets.iter().for_each(|target| self.target(profile, target));
        self.gates(gates);
        if let Some(LoadShape { day, week }) = load {
            let parts = |parts: &[f64]| parts.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
            self.add("[load]", "day", parts(day));
            self.add("[load]", "week", parts(week));
        }
        if let Some(journal) = journal {
            self.journal(journal);
        }
        limits.iter().for_each(|limit| self.metric_limit(limit));
        if let Some(Cost { pod_hour, currency }) = cost {
            self.add("[cost]", "pod-hour", pod_hour);
            self.add("[cost]", "currency", currency);
        }
        let made: Vec<&str> = artifacts.iter().map(|kind| kind.id()).collect();
        self.add("[artifacts]", "make", made.join(", "));
        let mut budgets: Vec<String> = budgets.iter().map(|budget| limit(profile, budget)).collect();
        budgets.sort();
        if !budgets.is_empty() {
            self.add("[budget]", "limits", budgets.join("; "));
        }
    }

    fn platform(&mut self, platform: &Platform) {
        let Platform {
            keda,
            keda_patch,
            kubernetes,
            namespace,
            prometheus_url,
            runbook_url,
            team,
            job,
            app,
            zone,
            says_zone: _,
            workweek,
            keda_namespace_label,
            rules,
            keda_form,
            nodes,
            container,
            metrics,
        } = platform;
        let on = "[platform]";
        self.add(on, "keda", Release { version: keda.value, patch: *keda_patch });
        self.add(on, "kubernetes", kubernetes.value);
        self.add(on, "namespace", namespace);
        self.may(on, "prometheus-url", prometheus_url.as_ref());
        self.may(on, "runbook-url", runbook_url.as_ref());
        self.may(on, "team", team.as_ref());
        self.may(on, "job", job.as_ref());
        self.may(on, "app", app.as_ref());
        self.add(on, "workweek", weekdays_text(*workweek));
        self.add(on, "zone", zone);
        self.add(on, "keda-namespace-label", keda_namespace_label);
        self.add(on, "rules", format!("{rules:?}"));
        self.add(on, "keda-form", keda_form.id());
        if let Some(Nodes { start_up, spare }) = nodes {
            self.add(on, "node-start-up", start_up);
            self.add(on, "spare-replicas", spare);
        }
        self.metrics(metrics);
        if let Some(Container { image, port, startup, liveness, readiness, metrics }) = container {
            let on = "[platform.container]";
            self.add(on, "image", image);
            self.add(on, "port", port);
            self.add(on, "startup", startup);
            self.add(on, "liveness", liveness);
            self.add(on, "readiness", readiness);
            self.add(on, "metrics", metrics);
        }
    }

    fn metrics(&mut self, metrics: &Metrics) {
        let Metrics {
            preset,
            requests,
            histogram,
            alive,
            namespace,
            territory,
            workload,
            method,
            status,
            path,
        } = metrics;
        let on = "[platform.metrics]";
        let or_none = |label: &Option<MetricName>| {
            label.as_ref().map_or_else(|| "none".to_owned(), MetricName::to_string)
        };
        self.add(on, "preset", preset.id());
        self.add(on, "requests", requests);
        self.add(on, "histogram", histogram);
        self.add(on, "alive", alive);
        self.may(on, "namespace-label", namespace.as_ref());
        self.add(on, "territory-label", or_none(territory));
        self.add(on, "workload-label", or_none(workload));
        self.add(on, "method-label", method);
        self.add(on, "status-label", status);
        self.add(on, "path-label", path);
    }

    fn territory(&mut self, territory: &Territory) {
        let Territory {
            code,
            title,
            zone,
            says_zone: _,
            says_share: _,
            share,
            p95_target,
            holidays,
            workweek,
            note,
            span: _,
        } = territory;
        let on = format!("territory {code}");
        let holidays: Vec<&str> = holidays.iter().map(crate::name::SetName::as_str).collect();
        self.add(&on, "title", title);
        self.add(&on, "zone", zone);
        self.add(&on, "share", share);
        self.may(&on, "p95-target", *p95_target);
        self.add(&on, "holidays", holidays.join(", "));
        self.may(&on, "workweek", workweek.map(weekdays_text));
        self.may(&on, "note", note.as_ref());
    }

    fn workload(&mut self, workload: &Workload) {
        let Workload { name, title, kind, cooldown, scale_down_window, resources, span: _ } = workload;
        let on = format!("workload {name}");
        self.add(&on, "title", title);
        if !matches!(kind, WorkloadKind::Kept) {
            self.add(&on, "cooldown", cooldown);
            self.add(&on, "scale-down window", scale_down_window);
        }
        match kind {
            WorkloadKind::Kept => {}
            WorkloadKind::Http(http) => {
                self.add(&on, "methods", http.methods.join(", "));
                self.may(&on, "p95-gate", http.p95_gate);
                self.may(&on, "p95-emergency", http.p95_emergency);
                self.may(&on, "service-time", http.service_time);
                if let Some(own) = &http.own {
                    self.add(&on, "rps", &own.rps);
                    self.may(&on, "p95", own.p95.as_ref());
                }
            }
            WorkloadKind::Queue(queue) => {
                self.add(&on, "messages-per-replica", queue.messages_per_replica);
                self.may(&on, "dispatch-lag", queue.dispatch_lag);
                self.may(&on, "service-time", queue.service_time);
                self.may(&on, "base-load", queue.base_load);
                self.may(&on, "pending", queue.pending.as_ref());
                self.may(&on, "lag", queue.lag.as_ref());
            }
            WorkloadKind::Scheduled => {}
        }
        if let Some(ask) = resources {
            self.add(&on, "cpu", ask.cpu);
            self.add(&on, "memory", ask.memory);
            self.may(&on, "cpu-limit", ask.cpu_limit);
            self.add(&on, "memory-limit", ask.memory_limit);
        }
    }

    fn target(&mut self, profile: &Profile, target: &Target) {
        let Target {
            name,
            territory,
            workload,
            zone,
            has_own_zone: _,
            min,
            max,
            per_replica,
            guard,
            scale_up,
            base_load,
            kept,
            span: _,
        } = target;
        let on = name.as_str();
        let place = territory.map(|at| profile.territories[at.0].code.to_string());
        self.may(on, "territory", place);
        self.add(on, "workload", &profile.workloads[workload.0].name);
        self.add(on, "zone", zone);
        self.add(on, "min", min.value);
        self.add(on, "max", max.value);
        if let Some(kept) = kept {
            self.kept(on, kept);
        }
        self.may(on, "load per replica", *per_replica);
        match guard {
            Some(Guard::Latency(p95)) => self.add(on, "scale-up p95", p95),
            Some(Guard::Lag(lag)) => self.add(on, "scale-up lag", lag),
            None => {}
        }
        self.may(on, "scale-up per minute", scale_up.map(|most| most.value));
        self.may(on, "base load", base_load.map(|load| load.value));
    }

    fn kept(&mut self, on: &str, kept: &KeptTarget) {
        let Kept {
            file,
            text,
            offset: _,
            span: _,
            line: _,
            name: _,
            namespace,
            scaled,
            hpa: _,
            rest: _,
            idle: _,
            min: _,
            least,
            most: _,
            crons: _,
        } = &kept.object;
        let Scaled { api_version, kind, name } = scaled;
        self.add(on, "ScaledObject", file);
        self.may(on, "namespace", namespace.as_ref());
        self.add(on, "scales", format!("{api_version} {kind} {name}"));
        self.add(on, "least", least.value);
        self.add(on, "keep-cron", kept.keeps_crons);
        // The object is too long to be shown; that it is another one is enough.
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        self.add(on, "the owner's object, by a checksum", format!("{:016x}", hasher.finish()));
    }

    fn gates(&mut self, gates: &Gates) {
        let Gates {
            latency_objective,
            minimal_rate,
            outbox_lag,
            outbox_depth,
            idle_for,
            idle_share,
            start_up,
        } = gates;
        let on = "[gates]";
        self.add(on, "latency-objective", latency_objective);
        self.add(on, "minimal-rps", minimal_rate);
        self.add(on, "outbox-lag", outbox_lag);
        self.add(on, "outbox-depth", outbox_depth);
        self.add(on, "prescale-idle-for", idle_for);
        self.add(on, "prescale-idle-share", idle_share);
        self.add(on, "start-up", start_up);
    }

    fn metric_limit(&mut self, limit: &MetricLimit) {
        let MetricLimit { name, title, metric, most, per, severity, span: _ } = limit;
        let on = format!("limit {name}");
        self.add(&on, "title", title);
        self.add(&on, "metric", metric);
        self.add(&on, "most", most);
        self.may(&on, "per", per.as_ref());
        self.add(&on, "severity", severity.as_str());
    }

    fn journal(&mut self, journal: &Journal) {
        let Journal {
            version,
            description,
            released,
            schema,
            prefix,
            territory_setting,
            spill_ratio,
            critical_ratio,
            retention,
            max_attempts,
            purge,
        } = journal;
        let on = "[journal]";
        self.add(on, "version", version.value);
        self.add(on, "description", description);
        let released: Vec<String> = released.iter().map(u32::to_string).collect();
        self.add(on, "released", if released.is_empty() { "none".to_owned() } else { released.join(", ") });
        self.add(on, "schema", schema);
        self.add(on, "prefix", prefix);
        self.add(on, "territory-setting", territory_setting);
        self.add(on, "spill-ratio", spill_ratio);
        self.add(on, "critical-ratio", critical_ratio);
        self.add(on, "retention", retention);
        self.add(on, "max-attempts", max_attempts);
        if let Some(Purge { name, image, secret, at }) = purge {
            let on = "[journal.purge]";
            self.add(on, "name", name);
            self.add(on, "image", image);
            self.add(on, "secret", secret);
            self.add(on, "at", at);
        }
    }

    fn occasion(&mut self, occasion: &Occasion) {
        let Occasion { kind, name, title, owner, ticket, note, span: _ } = occasion;
        let on = match kind {
            OccasionKind::Season => format!("season {name}"),
            OccasionKind::Campaign => format!("campaign {name}"),
        };
        self.add(&on, "title", title);
        self.may(&on, "owner", owner.as_ref());
        self.may(&on, "ticket", ticket.as_ref());
        self.may(&on, "note", note.as_ref());
    }

    /// The parts of an occasion in a place whose windows have clock times of their own: what they say together.
    fn origins(&mut self, on: &str, origins: &[&Origin]) {
        let (mut dates, mut free) = (Vec::new(), Vec::new());
        for origin in origins {
            // Where it is, whose, and on which clock are in `on`.
            let Origin {
                occasion: _,
                part: _,
                territory: _,
                whose: _,
                zone: _,
                is_assumed: _,
                planned: _,
                load,
                dates: own,
                uncut: _,
                hours: _,
                days_rule: _,
                days: _,
                left_out,
                moves: _,
                span: _,
                written: _,
            } = origin;
            self.may(on, "load", *load);
            dates.extend(own.iter().copied());
            free.extend(left_out.iter().map(|left_out| left_out.day));
        }
        dates.sort();
        dates.dedup();
        let dates = dates.iter().map(|days| format!("{} to {}", days.from, days.until.plus_days(-1)));
        self.add(on, "dates", dates.collect::<Vec<_>>().join(", "));
        let by_days = super::windows::hours(origins);
        let rules: Vec<&str> = by_days.iter().map(|(days, _)| days.as_str()).collect();
        self.add(on, "days", rules.join(", "));
        let hours = by_days.iter().map(|(days, hours)| match by_days.as_slice() {
            [_] => hours.clone(),
            _ => format!("{days} {hours}"),
        });
        self.add(on, "hours", hours.collect::<Vec<_>>().join("; "));
        free.sort();
        free.dedup();
        if !free.is_empty() {
            let free: Vec<String> = free.iter().map(ToString::to_string).collect();
            self.add(on, "holidays left out", free.join(", "));
        }
    }
}

fn limit(profile: &Profile, budget: &Budget) -> String {
    let Budget { territory, period, limit, span: _ } = budget;
    let place = territory.map_or("all", |at| profile.territories[at.0].code.as_str());
    let limit = match limit {
        Limit::PodHours(hours) => format!("{hours} pod-hours"),
        Limit::Cost(cost) => {
            let currency = profile.cost.as_ref().map_or("", |cost| cost.currency.as_str());
            format!("{cost} {currency}")
        }
    };
    format!("{place}, {period:?}: {limit}")
}
