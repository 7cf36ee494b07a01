//! `copydesk enrich`: the core on files, without Kafka.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use copydesk::article::{Format, RawArticle, Record, Rejection, StageName};
use copydesk::budget::Budget;
use copydesk::enrich::{Enricher, Explanation, raw_id, to_json};
use copydesk::settings::Settings;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::args::{EnrichArgs, InputFormat};
use super::render::{self, Palette};
use super::{exit, moment, ordered};

/// The longest file or line that is read, in bytes; a longer one is rejected, not read.
const MAX_ARTICLE: usize = 64 << 20;

/// One raw article, or why it could not be read.
struct Input {
    raw: RawArticle,
    /// Line of a JSONL file, from 1.
    line: Option<u64>,
    unread: Option<Rejection>,
}

impl Input {
    /// The file and the line, for a person.
    fn name(&self) -> String {
        let file = self.raw.file.as_deref().unwrap_or("standard input");
        self.line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"))
    }
}

/// Runs the command; the exit code.
pub(crate) fn run(args: &EnrichArgs, settings: &Settings, enricher: &Enricher) -> Result<u8> {
    let as_of_ms = args.as_of.as_deref().map(moment::end).transpose().context("--as-of")?;
    let stdin_alone = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &stdin_alone[..] } else { &args.files[..] };
    let progress = progress_bar(files);
    let style = match (args.explain, args.pretty) {
        (true, _) => Style::Explained(Palette::of_stdout()),
        (false, true) => Style::Indented,
        (false, false) => Style::Line,
    };
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout());
    let rejected = AtomicBool::new(false);
    let inputs = files.iter().flat_map(|file| inputs(file, args.format, as_of_ms));
    let inputs = inputs.inspect(|input| {
        if let Ok(input) = input {
            progress.inc(input.raw.value.len() as u64);
        }
    });
    let outcome = ordered::run(
        jobs(args.jobs),
        inputs,
        |input| input.raw.value.len(),
        |input| {
            let answer = answer(&input, settings, enricher)
                .and_then(|(record, explanation)| show(&input, &record, &explanation, style));
            answer.unwrap_or_else(|rejection| {
                rejected.store(true, Ordering::Relaxed);
                error_line(&input, &rejection, style)
            })
        },
        |line: Vec<u8>| {
            out.write_all(&line)?;
            out.write_all(b"\n").map_err(Into::into)
        },
    );
    let outcome = outcome.and_then(|()| out.flush().map_err(Into::into));
    progress.finish_and_clear();
    match outcome {
        Err(error) if is_broken_pipe(&error) => Ok(exit::OK),
        Err(error) => Err(error),
        Ok(()) if rejected.into_inner() => Ok(exit::SOME_REJECTED),
        Ok(()) => Ok(exit::OK),
    }
}

/// As many threads as asked for, else one a core.
pub(crate) fn jobs(asked_for: Option<usize>) -> usize {
    asked_for.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// Whether the reader of our output went away (`… | head`): no fault of ours.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn progress_bar(files: &[PathBuf]) -> ProgressBar {
    if !io::stderr().is_terminal() || io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let bytes: Option<u64> = files.iter().map(|file| file.metadata().ok().map(|data| data.len())).sum();
    let bar = bytes.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let template = "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

type Inputs = Box<dyn Iterator<Item = Result<Input>>>;

/// The raw articles of one file.
fn inputs(file: &Path, format: InputFormat, as_of_ms: Option<i64>) -> Inputs {
    let stdin = file == Path::new("-");
    let name = (!stdin).then(|| file.display().to_string());
    let article = RawArticle { file: name.clone(), as_of_ms, ..RawArticle::default() };
    let opened: io::Result<Box<dyn Read>> = if stdin {
        Ok(Box::new(io::stdin()))
    } else {
        File::open(file).map(|file| Box::new(file) as Box<dyn Read>)
    };
    let reader = match opened {
        Ok(reader) => reader,
        Err(error) => {
            let message = format!("expected a readable file, found: {error}");
            let unread = Some(Rejection::new(StageName::Decode, "unreadable_file", message));
            return Box::new(std::iter::once(Ok(Input { raw: article, line: None, unread })));
        }
    };
    let by_line = match format {
        InputFormat::Jsonl => true,
        InputFormat::Auto => {
            file.extension().is_some_and(|extension| extension == "jsonl" || extension == "ndjson")
        }
        InputFormat::One(_) => false,
    };
    if by_line {
        return Box::new(Lines {
            reader: BufReader::with_capacity(1 << 16, reader),
            article,
            line: 0,
            done: false,
        });
    }
    let article = RawArticle { format: fixed(format), ..article };
    Box::new(std::iter::once(whole(reader, article)))
}

fn fixed(format: InputFormat) -> Option<Format> {
    match format {
        InputFormat::Auto => None,
        InputFormat::Jsonl => Some(Format::Json),
        InputFormat::One(format) => Some(format),
    }
}

fn too_long(what: &str) -> Rejection {
    let message = format!("expected {what} of at most {MAX_ARTICLE} bytes, found a longer one");
    Rejection::new(StageName::Decode, "value_too_large", message)
}

fn whole(reader: Box<dyn Read>, article: RawArticle) -> Result<Input> {
    let mut value = Vec::new();
    let read = reader.take(MAX_ARTICLE as u64 + 1).read_to_end(&mut value);
    let unread = match read {
        Ok(length) if length > MAX_ARTICLE => Some(too_long("a file")),
        Ok(_) => None,
        Err(error) => {
            let message = format!("expected a readable file, found: {error}");
            Some(Rejection::new(StageName::Decode, "unreadable_file", message))
        }
    };
    Ok(Input { raw: RawArticle { value: value.into(), ..article }, line: None, unread })
}

/// The lines of a JSONL file, one raw article each; blank lines are none.
struct Lines {
    reader: BufReader<Box<dyn Read>>,
    article: RawArticle,
    line: u64,
    done: bool,
}

impl Lines {
    /// The next line without its end, and whether it was too long to keep.
    fn next_line(&mut self) -> io::Result<Option<(Vec<u8>, bool)>> {
        let (mut value, mut long, mut any) = (Vec::new(), false, false);
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                return Ok(any.then_some((value, long)));
            }
            any = true;
            let end = memchr::memchr(b'\n', chunk);
            let taken = end.map_or(chunk.len(), |at| at + 1);
            let piece = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
            long |= value.len() + piece.len() > MAX_ARTICLE;
            if !long {
                value.extend_from_slice(piece);
            }
            self.reader.consume(taken);
            if end.is_some() {
                return Ok(Some((value, long)));
            }
        }
    }
}

impl Iterator for Lines {
    type Item = Result<Input>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            self.line += 1;
            match self.next_line() {
                Ok(None) => self.done = true,
                Ok(Some((value, false))) if value.trim_ascii().is_empty() => {}
                Ok(Some((value, long))) => {
                    let raw = RawArticle {
                        value: Bytes::from(value),
                        format: Some(Format::Json),
                        ..self.article.clone()
                    };
                    let unread = long.then(|| too_long("a line"));
                    return Some(Ok(Input { raw, line: Some(self.line), unread }));
                }
                Err(error) => {
                    self.done = true;
                    let file = self.article.file.clone().unwrap_or_else(|| "standard input".to_owned());
                    return Some(Err(
                        anyhow!(error).context(format!("{file}: line {} cannot be read", self.line))
                    ));
                }
            }
        }
        None
    }
}

/// How records are shown.
#[derive(Debug, Clone, Copy)]
enum Style {
    /// JSON, one a line.
    Line,
    /// JSON, indented.
    Indented,
    /// To a person.
    Explained(Palette),
}

fn answer(
    input: &Input,
    settings: &Settings,
    enricher: &Enricher,
) -> Result<(Record, Explanation), Rejection> {
    if let Some(unread) = &input.unread {
        return Err(unread.clone());
    }
    let mut budget = Budget::new(settings.limits.steps);
    let enriched = catch_unwind(AssertUnwindSafe(|| {
        let mut normalized = enricher.normalize(&input.raw, &mut budget)?;
        let explanation = normalized.take_explanation();
        Ok((enricher.tag(normalized, &mut budget)?, explanation))
    }));
    enriched.unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<&str>().map_or_else(
            || panic.downcast_ref::<String>().cloned().unwrap_or_default(),
            |message| (*message).to_owned(),
        );
        Err(Rejection::panicked(StageName::Normalize, &message))
    })
}

fn show(
    input: &Input,
    record: &Record,
    explanation: &Explanation,
    style: Style,
) -> Result<Vec<u8>, Rejection> {
    let unserializable =
        |error: serde_json::Error| Rejection::new(StageName::Publish, "unserializable", error.to_string());
    match style {
        Style::Line => to_json(record),
        Style::Indented => serde_json::to_vec_pretty(record).map_err(unserializable),
        Style::Explained(palette) => {
            let value = serde_json::to_value(record).map_err(unserializable)?;
            Ok(render::record(&value, explanation, &input.name(), palette).into_bytes())
        }
    }
}

fn error_line(input: &Input, rejection: &Rejection, style: Style) -> Vec<u8> {
    if let Style::Explained(palette) = style {
        let stage = json!(rejection.stage);
        let stage = stage.as_str().unwrap_or_default();
        let (code, message) = (&rejection.code, &rejection.message);
        return render::dead_letter(stage, code, message, &input.name(), palette).into_bytes();
    }
    let line = json!({
        "error": rejection,
        "id": input.unread.is_none().then(|| raw_id(&input.raw.value)),
        "source": { "file": input.raw.file, "line": input.line, "bytes": input.raw.value.len() },
    });
    match style {
        Style::Indented => format!("{line:#}").into_bytes(),
        _ => line.to_string().into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_and_blank_ones_left_out() {
        let text: &[u8] = b"{}\n\n  \n{\"a\":1}";
        let lines = Lines {
            reader: BufReader::new(Box::new(text)),
            article: RawArticle::default(),
            line: 0,
            done: false,
        };
        let found: Vec<_> =
            lines.map(|input| input.unwrap()).map(|input| (input.line, input.raw.value)).collect();
        assert_eq!(found, [(Some(1), Bytes::from("{}")), (Some(4), Bytes::from("{\"a\":1}"))]);
    }
}
