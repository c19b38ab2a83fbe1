//! todo
#[test]
fn x() {
    let read = |n: &str| seasonscale::source::Source {
        name: format!("policies/{n}"),
        text: std::fs::read_to_string(format!("policies/{n}")).unwrap(),
    };
    let s = seasonscale::source::Sources::new(read("calendar.toml"), read("territories.toml"));
    let (p, d) = seasonscale::compile::plan(&s);
    println!("{}", seasonscale::report::terminal(&d, &s, false));
    let p = p.unwrap();
    for sch in &p.schedules {
        println!("{} {:?} {}", p.profile.targets[sch.target.0].name, sch.floors.steps().len(), sch.peak());
        for (t, s) in sch.floors.steps().iter().take(3) {
            println!("  {t} {}", s.floor);
        }
    }
}
