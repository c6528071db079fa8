//! For people: the place in its source, what is wrong, what to do, and a summary.

mod drawing;
mod ending;
mod excerpt;
mod instances;
mod shown;
mod undecided;

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use miette::Severity;

use drawing::{Drawing, Signs};
use excerpt::Excerpt;
use shown::Shown;
use undecided::{missing, write_undecided};

use super::{Input, entry, text};
use crate::report::{Inactive, Report};
use crate::rule::{Finding, Hop, Rule, Undecided};
use crate::source::{Disclosure, Level, Notification, Place, Sources, Span};

/// How the report looks.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what a terminal can do are independent facts")]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// Whether the terminal follows links.
    pub links: bool,
    /// The width of the terminal, in columns.
    pub width: usize,
    /// Whether nothing but ASCII can be shown.
    pub is_ascii: bool,
    /// Whether somebody looks at it on a terminal, and not in a file or a log.
    pub is_terminal: bool,
    /// How much to print.
    pub verbosity: Verbosity,
    /// Whether what could not be decided fails the run, so that it is listed in any case.
    pub undecided_fails: bool,
    /// The directory that shown paths are relative to, so that a terminal can open them; absolute.
    pub base: PathBuf,
    /// The directory that the report's paths are relative to; absolute.
    pub root: PathBuf,
    /// How long the scan took.
    pub elapsed: Duration,
}

/// How much the report says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// Findings and errors.
    Quiet,
    /// Also warnings, what could not be decided, and a summary.
    #[default]
    Normal,
    /// Also what is known to have no instances.
    Verbose,
}

/// So many findings, and so many reasons why something is undecided, are shown with their lines, unless all are asked
/// for; the others on one line each.
const MOST_SHOWN: usize = 25;

/// Writes the report.
pub(super) fn write(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut report = Vec::new();
    write_all(input, &mut report)?;
    out.write_all(printed(&report, input.style).as_bytes())
}

/// What is written, without what a runner or the terminal acts on.
fn printed(written: &[u8], style: &Style) -> String {
    let written = String::from_utf8_lossy(written);
    let inert = text::without_commands(&written);
    if style.is_ascii { text::ascii(&inert) } else { inert.into_owned() }
}

fn write_all(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Input { report, sources, style, .. } = *input;
    let renderer = Renderer::new(sources, style);
    for notification in wanted(report, style) {
        renderer.write(&renderer.notification(notification), out)?;
    }
    if style.verbosity != Verbosity::Quiet || style.undecided_fails {
        write_undecided(report, &renderer, out)?;
        if let Some(text) = missing(report, &renderer) {
            writeln!(out, "{text}\n")?;
        }
    }
    write_findings(report, &renderer, out)?;
    if style.verbosity == Verbosity::Verbose {
        for Inactive { address, span } in &report.inactive {
            writeln!(out, "inactive: {} ({}) has no instances", text::line(address), renderer.place(*span))?;
        }
    }
    if style.verbosity != Verbosity::Quiet {
        ending::write(report, style, out)?;
        writeln!(out, "{}", summary(report, style))?;
    }
    Ok(())
}

/// Writes the findings by file, every way of a value once, and what to do about them.
fn write_findings(report: &Report, renderer: &Renderer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let findings = &report.findings;
    let shown = renderer.shown(findings.len());
    let mut ways: HashMap<Vec<Span>, String> = HashMap::new();
    let mut file = None;
    // Where every file has one finding, its excerpt says as much.
    let has_headings = findings.windows(2).any(|pair| pair[0].site.span.file == pair[1].site.span.file);
    for (index, finding) in findings.iter().enumerate() {
        let here = finding.site.span.file;
        if file.replace(here) != Some(here) && has_headings {
            let alike = findings[index..].iter().take_while(|finding| finding.site.span.file == here).count();
            let alike = if alike == 1 { "1 finding".to_owned() } else { format!("{alike} findings") };
            writeln!(out, "{} ({alike})\n", renderer.file_header(finding.site.span))?;
        }
        if index >= shown {
            let brief = format!("{}: {}", renderer.place(finding.site.span), renderer.headline(finding));
            writeln!(out, "{}\n", renderer.marked(renderer.signs.finding, &brief))?;
            continue;
        }
        renderer.write(&renderer.finding(finding), out)?;
        write_ways(finding, &mut ways, renderer, out)?;
    }
    for rule in report.rules.iter().filter(|rule| findings.iter().any(|finding| finding.rule == **rule)) {
        writeln!(out, "{}", renderer.advice(rule))?;
    }
    Ok(())
}

/// Writes the ways of a finding's values: every way once in the report, and every place once in a finding.
fn write_ways(
    finding: &Finding,
    known: &mut HashMap<Vec<Span>, String>,
    renderer: &Renderer<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut drawn: HashSet<Span> = HashSet::new();
    for way in finding.ways.iter().filter(|way| !way.hops.is_empty()) {
        let spans: Vec<Span> = way.hops.iter().map(|hop| hop.span).collect();
        let address = text::line(&finding.site.address);
        if let Some(above) = known.get(&spans).filter(|above| **above != address) {
            let said = format!("The value comes the way that is shown for `{above}` above.");
            writeln!(out, "{}\n", renderer.marked(renderer.signs.way, &said))?;
            continue;
        }
        for hop in way.hops.iter().filter(|hop| drawn.insert(hop.span)) {
            renderer.write_hop(hop, out)?;
        }
        known.insert(spans, address);
    }
    Ok(())
}

/// Writes what must not be missed when the report itself goes to a machine: a line for each thing that went wrong,
/// and the summary.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn write_brief(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut brief = Vec::new();
    write_lines(input, &mut brief)?;
    out.write_all(printed(&brief, input.style).as_bytes())
}

fn write_lines(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Input { report, sources, style, .. } = *input;
    let renderer = Renderer::new(sources, style);
    for notification in wanted(report, style) {
        let level = notification.level.name();
        let place = match &notification.place {
            Place::Span(span) => renderer.place(*span),
            Place::Path(path) => renderer.path(path),
        };
        writeln!(out, "{place}: {level}: {}", text::line(&notification.message))?;
    }
    // What fails the run is said, however quiet it is to be.
    for undecided in report.undecided.iter().filter(|_| style.undecided_fails) {
        let message = undecided.message.sentence(|span| renderer.line(span));
        writeln!(out, "{}: undecided: {}", renderer.place(undecided.site.span), text::line(&message))?;
    }
    for missing in report.missing.iter().filter(|_| style.undecided_fails) {
        writeln!(out, "{}: undecided: {}", renderer.place(missing.span), text::line(&missing.message()))?;
    }
    if style.verbosity != Verbosity::Quiet {
        writeln!(out, "podgate: {}", summary(report, style))?;
    }
    Ok(())
}

/// The notifications that are to be shown.
fn wanted<'r>(report: &'r Report, style: &Style) -> impl Iterator<Item = &'r Notification> {
    let (quiet, verbose) = (style.verbosity == Verbosity::Quiet, style.verbosity == Verbosity::Verbose);
    report.notifications.iter().filter(move |notification| match notification.level {
        Level::Error => true,
        Level::Warning => !quiet,
        Level::Note => verbose,
    })
}

/// The line that says what the scan came to.
fn summary(report: &Report, style: &Style) -> String {
    let summary = entry::summary(report, style.verbosity == Verbosity::Verbose);
    format!("{summary} ({})", duration(style.elapsed))
}

/// A duration as precise as anybody needs it.
fn duration(elapsed: Duration) -> String {
    if elapsed < Duration::from_secs(1) {
        format!("{} ms", elapsed.as_millis().max(1))
    } else {
        format!("{:.1} s", elapsed.as_secs_f64())
    }
}

/// Makes diagnostics of what a report says, and writes them.
struct Renderer<'r> {
    drawing: Drawing,
    /// For the places on the way of a finding's value.
    hops: Drawing,
    signs: Signs,
    sources: &'r Sources,
    style: &'r Style,
}

impl<'r> Renderer<'r> {
    fn new(sources: &'r Sources, style: &'r Style) -> Self {
        let signs = Signs::of(style);
        Self { drawing: Drawing::new(style, signs.advice), hops: Drawing::new(style, signs.way), signs, sources, style }
    }

    fn write(&self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.drawing.draw(shown, out)
    }

    fn write_hop(&self, hop: &'r Hop, out: &mut dyn Write) -> io::Result<()> {
        self.hops.draw(&self.hop(hop), out)
    }

    /// How many of so many are shown with their lines.
    fn shown(&self, count: usize) -> usize {
        if self.style.verbosity == Verbosity::Verbose { count } else { MOST_SHOWN }
    }

    /// The line above the findings of a file.
    fn file_header(&self, span: Span) -> String {
        let path = self.style.root.join(self.sources[span.file].path());
        let name = self.painted(&self.file(span), anstyle::Style::new().bold().underline());
        self.linked(&name, &text::uri(&path))
    }

    /// What to do about the findings of a rule.
    fn advice(&self, rule: &Rule) -> String {
        let heading = format!("{} ({})", rule.id, rule.severity.name());
        let help = self.filled(rule.remediation, "  ", "  ");
        let heading = self.painted(&heading, anstyle::Style::new().bold());
        format!("{heading}\n{help}\n  {}\n", self.linked(rule.documentation, rule.documentation))
    }

    fn painted(&self, text: &str, style: anstyle::Style) -> String {
        if self.style.color { text::painted(text, style) } else { text.to_owned() }
    }

    /// Text that leads to an address, where the terminal follows links.
    fn linked(&self, text: &str, address: &str) -> String {
        if self.style.links { text::link(text, address) } else { text.to_owned() }
    }

    /// What is wrong and how bad that is, of the one instance or of the resource.
    fn headline(&self, finding: &Finding) -> String {
        let sentence = finding.message.sentence(|span| self.line(span));
        let sentence = instances::of_the_only(finding, sentence);
        format!("{}: {}", finding.rule.severity.name(), text::line(&sentence))
    }

    fn finding(&self, finding: &'r Finding) -> Shown<'r> {
        Shown {
            message: self.headline(finding).into(),
            note: instances::listed(finding, |span| self.line(span)),
            excerpt: Some(self.excerpt(finding.site.span, Some(finding.label.clone()))),
            ..Shown::new(Severity::Error)
        }
    }

    /// A place on the way of a finding's value. What must not be shown is only named.
    fn hop(&self, hop: &'r Hop) -> Shown<'r> {
        let label = text::line(&hop.label);
        let is_content = self.sources[hop.span.file].disclosure() == Disclosure::Content;
        let (message, excerpt) = if hop.sensitive || is_content || self.sources.quotable(hop.span).is_none() {
            (format!("{label}: {}", self.place(hop.span)), None)
        } else {
            (label, Some(self.excerpt_alone(hop.span)))
        };
        Shown { message: message.into(), excerpt, ..Shown::new(Severity::Advice) }
    }

    fn undecided(&self, undecided: &'r Undecided) -> Shown<'r> {
        let because = undecided.because.span;
        let inside = !because.is_empty() && undecided.site.span.holds(because);
        let span = if inside { because } else { undecided.site.span };
        let remedy = &undecided.because.remedy;
        let message = undecided.message.sentence(|span| self.line(span));
        Shown {
            message: text::line(&message).into(),
            help: (!remedy.is_empty()).then(|| text::line(remedy).into()),
            excerpt: Some(self.excerpt(span, Some("undecided".to_owned()))),
            ..Shown::new(Severity::Advice)
        }
    }

    fn notification(&self, notification: &'r Notification) -> Shown<'r> {
        let (severity, kind) = match notification.level {
            Level::Error => (Severity::Warning, "Not analysed: "),
            Level::Warning => (Severity::Warning, ""),
            Level::Note => (Severity::Advice, ""),
        };
        let said = text::line(&notification.message);
        let (message, excerpt) = match &notification.place {
            Place::Span(span) if self.sources[span.file].is_private() => {
                (format!("{kind}{}: {said}", self.place(*span)), None)
            }
            Place::Span(span) => (format!("{kind}{said}"), Some(self.excerpt(*span, None))),
            Place::Path(path) => (format!("{kind}{}: {said}", self.path(path)), None),
        };
        Shown { message: message.into(), excerpt, ..Shown::new(severity) }
    }

    /// A path of the report as it can be opened from where podgate runs.
    fn path(&self, path: &Path) -> String {
        let Style { root, base, .. } = self.style;
        let absolute = root.join(path);
        let are_near = base.starts_with(root) || root.starts_with(base);
        text::path(&if are_near { relative(&absolute, base) } else { absolute })
    }

    /// Prose in lines of the terminal's width. Paths and code are not broken.
    fn filled(&self, text: &str, first: &str, others: &str) -> String {
        textwrap::fill(text, text::wrapping(self.style.width, first, others))
    }

    /// Prose behind a sign.
    fn marked(&self, sign: &str, text: &str) -> String {
        let indent = " ".repeat(text::width(sign) + 3);
        self.filled(text, &format!("  {sign} "), &indent)
    }

    /// What the file of a span is called.
    fn file(&self, span: Span) -> String {
        let file = &self.sources[span.file];
        if file.is_argument() { text::path(file.path()) } else { self.path(file.path()) }
    }

    /// `path:line` of the start of a span.
    fn line(&self, span: Span) -> String {
        if self.sources[span.file].is_argument() {
            return self.file(span);
        }
        format!("{}:{}", self.file(span), self.sources.start(span).line)
    }

    /// `path:line:column` of the start of a span.
    fn place(&self, span: Span) -> String {
        if self.sources[span.file].is_argument() {
            return self.file(span);
        }
        format!("{}:{}", self.line(span), self.sources.start(span).column)
    }

    fn excerpt(&self, span: Span, label: Option<String>) -> Excerpt {
        Excerpt::new(self.sources, span, 1, self.file(span), self.style).labelled(label)
    }

    /// The lines of a place without those around it: beside a value may stand another that is nobody's business.
    fn excerpt_alone(&self, span: Span) -> Excerpt {
        Excerpt::new(self.sources, span, 0, self.file(span), self.style)
    }
}

/// An absolute path as it is written from a directory, which is absolute too.
fn relative(path: &Path, from: &Path) -> PathBuf {
    let shared = path.components().zip(from.components()).take_while(|(one, other)| one == other).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(path.components().skip(shared)).collect();
    if relative.as_os_str().is_empty() { PathBuf::from(".") } else { relative }
}
