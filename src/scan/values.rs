//! The values that are given to the variables of root modules.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::env_files::Unnamed;
use super::file_name;
use super::library::Library;
use crate::discover::{self, Given, InputRequest};
use crate::error::Error;
use crate::hcl::expression::parse;
use crate::hcl::json;
use crate::hcl::outline::Attribute;
use crate::source::{Level, Notification, Place, read, slashed};
use crate::terraform::{Layer, Module};

/// The values that the command line gives to all root modules.
pub(super) struct Values {
    given: Vec<Layer>,
    each_file: Vec<String>,
    /// The names that the command line gives a value and that no root module has declared so far, with their places.
    undeclared: Vec<(String, Place)>,
    matched: bool,
    /// The files that are not named, unless something is given in their place.
    unnamed: Option<Unnamed>,
}

/// One evaluation of a root module.
pub(super) struct Run {
    /// What sets its variables, what beats the others last.
    pub(super) layers: Vec<Layer>,
    /// The file of values that it is for, of those that are one of several.
    pub(super) name: Option<String>,
}

impl Values {
    /// Reads what the command line names.
    pub(super) fn new(request: &InputRequest, library: &Library) -> Result<Self, Error> {
        let mut given = Vec::new();
        let mut undeclared = Vec::new();
        for source in &request.given {
            match source {
                Given::Argument { name, value } => {
                    let file = library.sources.add_argument("--var", &format!("{name}={value}"));
                    let start = name.len() + 1;
                    let span = crate::source::Span::new(file, start, start + value.len());
                    undeclared.push((name.clone(), Place::Span(span)));
                    given.push(Layer::Argument(name.clone(), span));
                }
                Given::File(path) => {
                    if let Some(target) = discover::led_out(path, &library.root) {
                        return Err(Error::LeadsOut { path: path.clone(), target });
                    }
                    let path = path.canonicalize().map_err(|_| Error::NoSuchPath(path.clone()))?;
                    let layer = library.values_file(&path);
                    undeclared
                        .extend(entries(&layer).map(|entry| (entry.name.to_string(), Place::Span(entry.name_span))));
                    given.push(layer);
                }
            }
        }
        let names_files = request.given.iter().any(|given| matches!(given, Given::File(_)));
        let is_named = names_files || !request.each_file.is_empty();
        let unnamed = (!is_named && !request.no_env_files).then(Unnamed::default);
        Ok(Self { given, each_file: request.each_file.clone(), undeclared, matched: false, unnamed })
    }

    /// The evaluations of a root module: with the values in its directory and on the command line; once more for every
    /// file that a glob of `--each-var-file` names; or else for every file beside it that sets what nothing else does.
    /// When there are such files, the first one is left out for a module that cannot be planned without them.
    pub(super) fn runs(&mut self, directory: &Path, module: &Module, library: &Library) -> Result<Vec<Run>, Error> {
        self.undeclared.retain(|(name, _)| !module.declares_variable(name));
        let mut own: Vec<Layer> = Vec::new();
        for path in discover::value_files(directory) {
            let layer = library.values_file(&path);
            note_undeclared(&layer, module, library);
            own.push(layer);
        }
        let plain: Vec<Layer> = own.iter().chain(&self.given).cloned().collect();
        let sets: BTreeSet<&str> = plain.iter().flat_map(Layer::names).collect();
        let unset: BTreeSet<&str> = module.required_variables().filter(|name| !sets.contains(name)).collect();
        let (mut runs, mut is_plain_needed) = (Vec::new(), true);
        for path in discover::matching_files(directory, &self.each_file)? {
            let layer = library.values_file(&path);
            note_undeclared(&layer, module, library);
            let name = Some(slashed(&library.root.relative(&path)));
            runs.push(Run { layers: plain.iter().cloned().chain([layer]).collect(), name });
            self.matched = true;
            is_plain_needed = unset.is_empty();
        }
        if !unset.is_empty()
            && let Some(unnamed) = &mut self.unnamed
        {
            let fitting = unnamed.fitting(directory, &unset, library);
            is_plain_needed = fitting.is_cut || fitting.layers.is_empty();
            for layer in fitting.layers {
                note_undeclared(&layer, module, library);
                let name = layer.file().map(|file| slashed(library.sources[file].path()));
                // What the command line gives is meant, and beats what was found.
                runs.push(Run { layers: own.iter().chain([&layer]).chain(&self.given).cloned().collect(), name });
            }
        }
        if is_plain_needed {
            runs.insert(0, Run { layers: plain.clone(), name: None });
        }
        Ok(runs)
    }

    /// Says which values of the command line no module has taken.
    pub(super) fn finish(self, library: &Library) {
        for (name, place) in self.undeclared {
            let message = format!("No scanned root module declares a variable `{name}`; the value was not used.");
            library.note(Notification::warning(place, message));
        }
        if !self.each_file.is_empty() && !self.matched {
            let message = format!(
                "No file in the directory of a scanned root module matches `--each-var-file {}`.",
                self.each_file.join("` or `")
            );
            library.note(Notification::warning(Place::Path(PathBuf::from(".")), message));
        }
    }
}

fn entries(layer: &Layer) -> impl Iterator<Item = &Attribute> {
    let entries: &[Attribute] = if let Layer::File(_, entries) = layer { entries } else { &[] };
    entries.iter()
}

/// Notes the values of a file that the module has no variable for, as Terraform does.
fn note_undeclared(layer: &Layer, module: &Module, library: &Library) {
    // In JSON, `//` is a comment.
    for entry in entries(layer).filter(|entry| !module.declares_variable(&entry.name) && &*entry.name != "//") {
        let message = format!("The module declares no variable `{}`; the value is not used.", entry.name);
        let place = Place::Span(entry.name_span);
        library.note(Notification { level: Level::Note, message, place });
    }
}

impl Library {
    /// Reads a file of values that may not be used, and gives what there is to say about it.
    pub(super) fn values_file_quietly(&self, path: &Path) -> (Layer, Vec<Notification>) {
        let said = self.said();
        let layer = self.values_file(path);
        (layer, self.unsay(said))
    }

    /// Reads a file of values. What cannot be read of it is said.
    fn values_file(&self, path: &Path) -> Layer {
        if let Some(note) = discover::link_out_of_root(path, &self.root) {
            self.note(note);
            return Layer::Unreadable(file_name(path));
        }
        // A link is known by where it leads.
        let shown = self.root.relative(&path.canonicalize().unwrap_or_else(|_| path.to_owned()));
        let contents = match read::bytes(path).and_then(read::text) {
            Ok(contents) => contents,
            Err(error) => {
                let message = format!("This file {error}. The variables that only it could set are not known.");
                self.note(Notification::error(Place::Path(shown), message));
                return Layer::Unreadable(file_name(path));
            }
        };
        // A link is JSON or not by its own name.
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        if discover::has_old_line_ends(contents.text()) {
            self.note(discover::old_line_ends(&shown));
        }
        let file = self.sources.add_values(shown, contents, is_json);
        if is_json {
            let (values, error) = json::attributes(file, self.sources[file].text());
            if let Some(error) = error {
                self.note(Notification::error(Place::Span(error.span), error.message));
                if values.is_empty() {
                    return Layer::Unreadable(file_name(path));
                }
            }
            return Layer::File(file, values);
        }
        let outline = self.outline(file);
        for block in &outline.body.blocks {
            let message = "A values file cannot contain blocks. This one was left out.";
            self.note(Notification::error(Place::Span(block.header), message));
        }
        for value in &outline.body.attributes {
            if let Err(error) = parse(self.sources.text(value.expression), value.expression) {
                let message = format!("The value of `{}` cannot be read: {}.", value.name, error.message);
                self.note(Notification::error(Place::Span(value.span()), message));
            }
        }
        Layer::File(file, outline.body.attributes)
    }
}
