//! Runs other programs: quietly with a sign of progress, or visibly with their own output.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// How many lines of a failed program's output are shown.
const TAIL: usize = 40;
/// The longest silence in a log that nobody watches live, such as that of CI.
const SILENCE: Duration = Duration::from_secs(15);

/// All spinners, of which several turn at a time, each on a line of its own.
static SPINNERS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Runs a long step without showing its output: a spinner with the last line where somebody watches, a plain line every
/// 15 seconds elsewhere. Returns the whole output.
///
/// # Errors
/// When the program is missing, fails (with the end of its output) or takes longer than `limit`.
pub fn quietly(label: &str, command: &mut Command, limit: Option<Duration>) -> Result<String> {
    let started = Instant::now();
    let mut child = start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (sender, lines) = mpsc::channel();
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|stream| Box::new(stream) as _),
        child.stderr.take().map(|stream| Box::new(stream) as _),
    ];
    for stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                let _ = sender.send(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
        });
    }
    drop(sender);

    let watched = std::io::stderr().is_terminal();
    let spinner = if watched { spinner(label) } else { ProgressBar::hidden() };
    let mut output: Vec<String> = Vec::new();
    let mut last_report = started;
    loop {
        match lines.recv_timeout(Duration::from_millis(200)) {
            Ok(line) if line.is_empty() => {}
            Ok(line) => {
                spinner.set_message(line.clone());
                output.push(line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // A grandchild may outlive the program and keep its output open.
            Err(RecvTimeoutError::Timeout) if child.try_wait()?.is_some() => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if limit.is_some_and(|limit| started.elapsed() > limit) {
            stop(&mut child);
            spinner.finish_and_clear();
            bail!(
                "`{}` took longer than {} s and was stopped",
                shown(command),
                started.elapsed().as_secs()
            );
        }
        if !watched && last_report.elapsed() > SILENCE {
            last_report = Instant::now();
            eprintln!(
                "{label}: {} s, {}",
                started.elapsed().as_secs(),
                output.last().map_or("no output yet", String::as_str)
            );
        }
    }
    let status = child.wait()?;
    spinner.finish_and_clear();
    if !status.success() {
        let tail = output[output.len().saturating_sub(TAIL)..].join("\n  ");
        bail!("`{}` failed ({status}); its output ends with:\n  {tail}", shown(command));
    }
    if started.elapsed() > Duration::from_secs(2) {
        // Above the spinners of others, which do not draw meanwhile.
        SPINNERS.suspend(|| eprintln!("{label}: done in {} s", started.elapsed().as_secs()));
    }
    Ok(output.join("\n"))
}

/// Runs a program with its own output, after a line that shows the command.
///
/// # Errors
/// When the program is missing or fails.
pub fn visibly(command: &mut Command) -> Result<()> {
    eprintln!("\n$ {}", shown(command));
    let status = start(command.stdin(Stdio::null()))?.wait()?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a program that reads its input, and gives its output.
///
/// # Errors
/// When the program is missing or fails.
pub fn with_input(command: &mut Command, input: &str) -> Result<String> {
    let mut child = start(command.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
    let written = child
        .stdin
        .take()
        .context("the program has no input")?
        .write_all(input.as_bytes());
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("`{}` failed ({})", shown(command), output.status);
    }
    written?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What a program answers on its standard output, trimmed; `None` when it is missing or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where PATH finds a program.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Whether the machine's administrator runs this.
pub fn is_root() -> bool {
    // /proc/self belongs to whoever runs this.
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// The command as one would type it, with program names instead of long paths.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut text = program
        .file_name()
        .unwrap_or(program.as_os_str())
        .to_string_lossy()
        .into_owned();
    for argument in command.get_args().map(|argument| argument.to_string_lossy()) {
        if argument.contains([' ', '{', '"', '$', '*']) {
            let _ = write!(text, " '{argument}'");
        } else {
            let _ = write!(text, " {argument}");
        }
    }
    text
}

fn start(command: &mut Command) -> Result<Child> {
    command
        .spawn()
        .with_context(|| format!("cannot start `{}`: is it installed?", shown(command)))
}

fn stop(child: &mut Child) {
    // It may have ended by itself in the meantime.
    let _ = child.kill();
    let _ = child.wait();
}

/// The progress of many steps of one kind: a bar where somebody watches, a plain line every 15 seconds elsewhere.
pub struct Progress {
    bar: ProgressBar,
    what: &'static str,
    told: Mutex<Instant>,
}

impl Progress {
    /// Begins `length` steps, `what` being what they are called.
    pub fn new(length: u64, what: &'static str) -> Self {
        let style = ProgressStyle::with_template("{elapsed_precise} {bar:30} {pos}/{len} {prefix}, {eta} left, {msg}")
            .expect("the template is valid");
        Self {
            bar: ProgressBar::new(length).with_style(style).with_prefix(what),
            what,
            told: Mutex::new(Instant::now()),
        }
    }

    /// Says what is being done now.
    pub fn begin(&self, message: String) {
        self.bar.set_message(message);
    }

    /// Counts one step as done.
    pub fn advance(&self) {
        self.bar.inc(1);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if self.bar.is_hidden() && told.elapsed() > SILENCE {
            *told = Instant::now();
            let (bar, left) = (&self.bar, self.bar.eta().as_secs());
            eprintln!(
                "{} of {} {}, {left} s left, {}",
                bar.position(),
                bar.length().unwrap_or_default(),
                self.what,
                bar.message()
            );
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn spinner(label: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {prefix} {elapsed} {wide_msg:.dim}").expect("the template is valid");
    let spinner = ProgressBar::new_spinner().with_style(style).with_prefix(label.to_owned());
    let spinner = SPINNERS.add(spinner);
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_commands_as_typed() {
        assert_eq!(
            shown(Command::new("/usr/bin/cargo").args(["test", "--", "two words"])),
            "cargo test -- 'two words'"
        );
    }

    #[test]
    fn a_failure_shows_the_end_of_the_output() {
        let error = quietly(
            "false",
            Command::new("sh").args(["-c", "echo first; echo last >&2; exit 3"]),
            None,
        )
        .unwrap_err();
        assert!(
            error.to_string().contains("exit status: 3") && error.to_string().contains("last"),
            "{error}"
        );
    }

    #[test]
    fn a_step_without_end_is_stopped() {
        let error = quietly("sleep", Command::new("sleep").arg("30"), Some(Duration::from_millis(300))).unwrap_err();
        assert!(error.to_string().contains("took longer"), "{error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = quietly("nothing", &mut Command::new("soutien-no-such-program"), None).unwrap_err();
        assert!(error.to_string().contains("soutien-no-such-program"), "{error}");
    }
}
