//! What keeps a step from running here: a passed-over step on a developer's machine, a failure in CI.

/// Says that a step is passed over, and why; in CI nothing is, because nobody would read the line.
///
/// # Errors
/// If `CI` is `true`, as GitHub and others set it.
#[expect(clippy::print_stdout, reason = "this is a command")]
pub(crate) fn step(name: &str, why: &str) -> Result<(), String> {
    refuse(std::env::var("CI").is_ok_and(|ci| ci == "true"), name, why)?;
    println!("\n=== {name}: SKIPPED, {why}");
    Ok(())
}

fn refuse(in_ci: bool, name: &str, why: &str) -> Result<(), String> {
    if in_ci { Err(format!("{name} can't run, and CI passes nothing over: {why}")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_cannot_run_fails_in_ci_only() {
        assert_eq!(refuse(false, "lists", "no tool"), Ok(()));
        let why = refuse(true, "lists", "no tool: install it").unwrap_err();
        assert_eq!(why, "lists can't run, and CI passes nothing over: no tool: install it");
    }
}
