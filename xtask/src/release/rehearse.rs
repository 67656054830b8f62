//! The whole release against a registry on this machine.
//!
//! What is rehearsed is the work tree as it is, uncommitted changes included, in a copy that is a repository of its
//! own without tags: every crate is released for the first time.
//! Only the packages that no other crate of ours needs are verified by `cargo publish`; building those builds all
//! the others out of the registry, and the consumers build most of them once more.

use std::{
    collections::BTreeSet,
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};
use jiff::SignedDuration;
use semver::Version;
use xshell::{Shell, cmd};

use super::{
    changelog,
    consumers::{ONLY_A_PROVIDER, TWO_FEATURES, WITHOUT_CLIENT},
    pace::{Pace, RealClock},
    plan::{Bumps, Planned, show},
    prepare::prepare,
    publish::{self, Options, Outcome, Verify},
    say,
    upstream::Configuration,
    version::{Step, after},
    workspace::Workspace,
};
use crate::registry::{Fault, Registry};

/// What the registry is called in cargo's configuration.
const NAME: &str = "rehearsal";
/// Any other will do if it is taken, but the same one lets the next run use this one's builds.
const PORT: u16 = 20897;
/// The provider that is patched in the end: the one that the first consumer uses.
const PATCHED: &str = "paystatus-resmic";

pub(crate) fn run() -> Result<()> {
    let started = Instant::now();
    let here = Workspace::here()?;
    let place = here.root.join("target/rehearsal");
    fs::create_dir_all(&place)?;
    let lock = File::create(place.join("lock"))?;
    lock.try_lock().context("another rehearsal is running")?;
    let temporary = tempfile::tempdir()?;

    let rehearsal = Rehearsal::set_up(&here, &place, temporary.path(), started)?;
    let planned = rehearsal.prepare()?;
    rehearsal.publish_with_interruption(&planned)?;
    rehearsal.consume()?;
    rehearsal.patch(&planned)?;
    rehearsal.step("as rehearsed");
    Ok(())
}

struct Rehearsal {
    started: Instant,
    registry: Registry,
    options: Options,
    /// It has the environment that cargo needs for the registry.
    shell: Shell,
    workspace: PathBuf,
    consumers: PathBuf,
}

impl Rehearsal {
    fn set_up(here: &Workspace, place: &Path, temporary: &Path, started: Instant) -> Result<Self> {
        let workspace = temporary.join("workspace");
        let files = copy(here, &workspace)?;

        let configuration = Configuration::read(&here.root)?;
        let upstream = configuration.upstream(&here.shell)?;
        let behind = upstream.index.clone();
        let ours: BTreeSet<_> = here.members.iter().map(|member| member.name.clone()).collect();
        let registry = Registry::start(PORT, upstream, ours)?;
        let index = registry.index();

        let home = place.join("cargo-home");
        if home.exists() {
            fs::remove_dir_all(&home)?;
        }
        fs::create_dir_all(&home)?;
        fs::write(home.join("config.toml"), configuration.with_registry(NAME, &index))?;

        let shell = Shell::new()?;
        shell.set_var("CARGO_HOME", &home);
        shell.set_var("CARGO_TARGET_DIR", place.join("build"));
        shell.set_var("CARGO_REGISTRIES_REHEARSAL_TOKEN", "any");
        // Nobody is going to debug these builds.
        shell.set_var("CARGO_PROFILE_DEV_DEBUG", "none");
        for name in ["no_proxy", "NO_PROXY"] {
            let others = env::var(name).map(|others| format!(",{others}")).unwrap_or_default();
            shell.set_var(name, format!("127.0.0.1{others}"));
        }
        let options =
            Options { dry_run: false, test: false, registry: NAME.to_owned(), index, verify: Verify::Last };
        let consumers = temporary.join("consumers");
        let rehearsal = Self { started, registry, options, shell, workspace, consumers };
        rehearsal.step(&format!(
            "the work tree as it is, {files} files; a registry at {}",
            rehearsal.options.index
        ));
        say!("    behind it: {behind}");

        let (shell, opened) = (&rehearsal.shell, rehearsal.open()?);
        for (key, value) in [
            ("user.name", "rehearsal"),
            ("user.email", "rehearsal@example.com"),
            ("commit.gpgsign", "false"),
            ("tag.gpgsign", "false"),
            ("core.hooksPath", "/dev/null"),
        ] {
            cmd!(opened.shell, "git config {key} {value}").quiet().run()?;
        }
        rehearsal.commit(&opened, "The tree as it is")?;
        // Cargo takes a published version for unchangeable, and ours has changed since the last rehearsal.
        let ours = opened.members.iter().flat_map(|member| ["--package", &member.name]);
        cmd!(shell, "cargo clean --quiet {ours...}").quiet().run()?;
        Ok(rehearsal)
    }

    /// The copy as it is now.
    fn open(&self) -> Result<Workspace> {
        Workspace::open(&self.workspace, self.shell.clone())
    }

    fn step(&self, text: &str) {
        say!("[{:>3} s] {text}", self.started.elapsed().as_secs());
    }

    fn commit(&self, workspace: &Workspace, message: &str) -> Result<()> {
        cmd!(workspace.shell, "git add --all").quiet().run()?;
        Ok(cmd!(workspace.shell, "git commit --quiet --allow-empty --message {message}").quiet().run()?)
    }

    fn prepare(&self) -> Result<Vec<Planned>> {
        let workspace = self.open()?;
        let planned = prepare(&workspace, &Bumps::new())?;
        self.commit(&workspace, "Release")?;
        ensure!(planned.len() == workspace.members.len(), "every crate is released in a rehearsal");
        self.step(&format!("planned and prepared: {}", names(&planned).join(", ")));
        Ok(planned)
    }

    fn publish(&self) -> Result<Outcome> {
        publish::publish(&self.open()?, &self.options, &mut Pace::unlimited(RealClock))
    }

    /// The registry asks for a pause once, and once it hangs up after it has taken a crate.
    fn publish_with_interruption(&self, planned: &[Planned]) -> Result<()> {
        let what = names(planned);
        let middle = what.len() / 2;
        self.registry.fail(&planned[1].name, Fault::TooFast(SignedDuration::from_secs(2)));
        self.registry.fail(&planned[middle].name, Fault::HangUp);
        match self.publish() {
            Ok(_) => bail!("the release was to be interrupted at {}", what[middle]),
            Err(error)
                if format!("{error:#}").starts_with(&format!("{} was not published", what[middle])) => {}
            Err(error) => return Err(error.context("another error than the one that was provoked")),
        }
        ensure!(
            self.registry.uploads() == what[..=middle],
            "not those that were due: {:?}",
            self.registry.uploads()
        );
        ensure!(self.tags()?.len() == middle, "what is not known to be published has no tag");
        self.step(&format!("interrupted, on purpose, at {}, after {middle} of {}", what[middle], what.len()));

        // From another commit it does not resume: the tag would not be what is in the registry.
        let workspace = self.open()?;
        self.commit(&workspace, "Another commit")?;
        let refusal = self.publish().err().map(|error| error.to_string()).unwrap_or_default();
        ensure!(refusal.contains("was made from another commit"), "not refused: {refusal}");
        cmd!(workspace.shell, "git reset --quiet --hard HEAD~1").quiet().run()?;

        let outcome = self.publish()?;
        ensure!(outcome.already_there == [what[middle].clone()], "not only the interrupted one: {outcome:?}");
        ensure!(outcome.published == what[middle + 1..], "not the rest: {outcome:?}");
        self.all_is_released(&what)?;
        self.step(&format!("resumed: all {} are published and tagged, each once, in order", what.len()));

        ensure!(self.publish()? == Outcome::default(), "there was something left");
        Ok(())
    }

    fn all_is_released(&self, what: &[String]) -> Result<()> {
        ensure!(self.registry.uploads() == what, "published: {:?}", self.registry.uploads());
        let expected: BTreeSet<_> = what.iter().map(|what| what.replace(' ', "-v")).collect();
        ensure!(self.tags()? == expected, "tagged: {:?}", self.tags()?);
        publish::check(&self.open()?, &self.options)
    }

    fn tags(&self) -> Result<BTreeSet<String>> {
        let workspace = self.open()?;
        let tags = cmd!(workspace.shell, "git tag --list").quiet().read()?;
        Ok(tags.lines().map(str::to_owned).collect())
    }

    fn consume(&self) -> Result<()> {
        for consumer in [ONLY_A_PROVIDER, TWO_FEATURES, WITHOUT_CLIENT] {
            consumer.build_and_run(&self.shell, &self.consumers)?;
        }
        self.step("three consumers outside the workspace build and run");
        Ok(())
    }

    /// Releases a patch of one provider, and shows that nothing else is released and that its users get it.
    fn patch(&self, planned: &[Planned]) -> Result<()> {
        let workspace = self.open()?;
        let member = workspace.members.iter().find(|member| member.name == PATCHED);
        let member = member.with_context(|| format!("there is no {PATCHED}"))?;
        let (folder, next) = (workspace.root.join(&member.folder), after(&member.version, Step::Fix));
        append(&folder.join("README.md"), "\nPatched.\n")?;
        let file = folder.join("CHANGELOG.md");
        let changelog = changelog::release(&fs::read_to_string(&file)?, &next, "unreleased", "- A patch.")?;
        fs::write(&file, changelog)?;
        self.commit(&workspace, "A patch")?;

        let workspace = self.open()?;
        let patch = prepare(&workspace, &Bumps::new())?;
        show(&workspace, &patch);
        ensure!(names(&patch) == [format!("{PATCHED} {next}")], "not one patch: {patch:?}");
        self.commit(&workspace, "Release a patch")?;
        let outcome = self.publish()?;
        ensure!(outcome.published == names(&patch), "not the patch: {outcome:?}");
        let mut what = names(planned);
        what.extend(names(&patch));
        self.all_is_released(&what)?;
        self.step(&format!("{PATCHED} {next} is published, and nothing else"));
        self.update_a_consumer(&member_version(planned)?, &next)
    }

    fn update_a_consumer(&self, old: &Version, new: &Version) -> Result<()> {
        let folder = ONLY_A_PROVIDER.folder(&self.consumers);
        let lock = || fs::read_to_string(folder.join("Cargo.lock"));
        let before = lock()?;
        {
            let _folder = self.shell.push_dir(&folder);
            cmd!(self.shell, "cargo update --quiet").quiet().run()?;
        }
        let after = lock()?;
        let changed: Vec<_> =
            before.lines().zip(after.lines()).filter(|(before, after)| before != after).collect();
        let [(before, after), (old_sum, new_sum)] = changed[..] else {
            bail!("an update should change one version and its checksum, not {changed:?}");
        };
        ensure!(
            before == format!("version = \"{old}\"") && after == format!("version = \"{new}\""),
            "{changed:?}"
        );
        ensure!(old_sum.starts_with("checksum") && new_sum.starts_with("checksum"), "{changed:?}");
        ONLY_A_PROVIDER.run(&self.shell, &self.consumers)?;
        self.step(
            "its consumer gets the patch by `cargo update`; the rest of its lock file stays, and it runs",
        );
        Ok(())
    }
}

fn member_version(planned: &[Planned]) -> Result<Version> {
    let patched = planned.iter().find(|planned| planned.name == PATCHED);
    Ok(patched.with_context(|| format!("{PATCHED} was not released"))?.to.clone())
}

/// Such as `paystatus-core 0.1.0`.
fn names(planned: &[Planned]) -> Vec<String> {
    planned.iter().map(|planned| format!("{} {}", planned.name, planned.to)).collect()
}

/// Copies what git would commit if all were added, into a repository of its own; says how many files.
fn copy(workspace: &Workspace, to: &Path) -> Result<usize> {
    fs::create_dir_all(to)?;
    let listed =
        cmd!(workspace.shell, "git ls-files -z --cached --others --exclude-standard").quiet().read()?;
    let files: Vec<_> =
        listed.split_terminator('\0').filter(|file| workspace.root.join(file).is_file()).collect();
    for file in &files {
        let target = to.join(file);
        fs::create_dir_all(target.parent().context("a file is in a folder")?)?;
        fs::copy(workspace.root.join(file), target).with_context(|| format!("could not copy {file}"))?;
    }
    cmd!(workspace.shell, "git init --quiet {to}").quiet().run()?;
    Ok(files.len())
}

fn append(file: &Path, text: &str) -> Result<()> {
    let old = fs::read_to_string(file)?;
    Ok(fs::write(file, old + text)?)
}
