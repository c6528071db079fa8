//! Circles of module calls. Terraform refuses them, and a tree that followed every way through one would never end.
//!
//! Directories that lead to each other by relative calls form a component of the graph of calls. A component is entered
//! at one of them, and from there every other one is followed to once, by the shortest way. All other calls inside of it
//! are said to close a circle, and not followed: of `n` modules that call each other, `n - 1` calls are followed, where
//! there are more than `n!` ways. Directories are told apart by their paths, which are absolute and without links.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::source::Span;

/// The calls of a directory, as far as their sources tell.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// Where calls by relative path lead, by their headers, in the order of the files.
    pub(super) relative: Vec<(Span, PathBuf)>,
    /// Whether there are no others.
    pub(super) are_all_relative: bool,
}

/// A component: directories of which each leads to all others, or a single one.
#[derive(Debug)]
struct Component {
    members: HashSet<PathBuf>,
    /// Whether all calls in it, and below, are by relative path.
    is_local_only: bool,
}

/// How a component is gone through from the directory at which it is entered.
#[derive(Debug, Default)]
struct Ways {
    /// The calls that are followed.
    followed: HashSet<Span>,
    /// The next directory on the way back to where it is entered.
    back: HashMap<PathBuf, PathBuf>,
}

/// The graph of calls, as far as it was looked at. Looked up, never listed.
#[derive(Debug, Default)]
pub(super) struct Circles {
    calls: RefCell<HashMap<PathBuf, Rc<Calls>>>,
    components: RefCell<HashMap<PathBuf, Rc<Component>>>,
    ways: RefCell<HashMap<PathBuf, Rc<Ways>>>,
}

/// A directory that is being gone through by the search for components.
struct Open {
    directory: PathBuf,
    calls: Rc<Calls>,
    next: usize,
}

/// The state of the search (R. Tarjan, "Depth-first search and linear graph algorithms", 1972), which is on the heap: the
/// depth of the graph is the input's to choose.
#[derive(Default)]
struct Search {
    open: Vec<Open>,
    /// The directories that have no component yet, in the order in which they were reached.
    reached: Vec<PathBuf>,
    /// When a directory was reached, and the earliest that it leads back to.
    numbers: HashMap<PathBuf, (usize, usize)>,
}

impl Search {
    fn enter(&mut self, directory: &Path, calls: Rc<Calls>) {
        let number = self.numbers.len();
        self.numbers.insert(directory.to_owned(), (number, number));
        self.reached.push(directory.to_owned());
        self.open.push(Open { directory: directory.to_owned(), calls, next: 0 });
    }

    /// Notes that a directory leads back to one that was reached earlier.
    fn lower(&mut self, directory: &Path, to: usize) {
        if let Some((_, lowest)) = self.numbers.get_mut(directory) {
            *lowest = to.min(*lowest);
        }
    }
}

impl Circles {
    /// The calls of a directory; `read` reads them when they are first asked for.
    pub(super) fn calls(&self, directory: &Path, read: &impl Fn(&Path) -> Calls) -> Rc<Calls> {
        if let Some(known) = self.calls.borrow().get(directory) {
            return known.clone();
        }
        let calls = Rc::new(read(directory));
        self.calls.borrow_mut().insert(directory.to_owned(), calls.clone());
        calls
    }

    /// Whether all calls in a directory, and below, are by relative path.
    pub(super) fn is_local_only(&self, directory: &Path, read: &impl Fn(&Path) -> Calls) -> bool {
        self.component(directory, read).is_local_only
    }

    /// Whether two directories lead to each other.
    pub(super) fn are_one(&self, one: &Path, other: &Path, read: &impl Fn(&Path) -> Calls) -> bool {
        self.component(one, read).members.contains(other)
    }

    /// Whether a call inside of a component is followed that was entered at a directory.
    pub(super) fn follows(&self, entry: &Path, call: Span) -> bool {
        self.ways(entry).followed.contains(&call)
    }

    /// The directories behind one on the way back to where its component was entered.
    pub(super) fn way_back(&self, entry: &Path, from: &Path) -> Vec<PathBuf> {
        let ways = self.ways(entry);
        let mut way = Vec::new();
        let mut at = from;
        while let Some(next) = ways.back.get(at) {
            way.push(next.clone());
            at = next;
        }
        way
    }

    fn component(&self, directory: &Path, read: &impl Fn(&Path) -> Calls) -> Rc<Component> {
        if let Some(known) = self.components.borrow().get(directory) {
            return known.clone();
        }
        self.search(directory, read);
        self.components.borrow().get(directory).cloned().expect("the search finds a component for where it starts")
    }

    /// Finds the components of all directories that one leads to.
    fn search(&self, start: &Path, read: &impl Fn(&Path) -> Calls) {
        let mut search = Search::default();
        search.enter(start, self.calls(start, read));
        while let Some(open) = search.open.last_mut() {
            let Some((_, to)) = open.calls.relative.get(open.next).cloned() else {
                self.leave(&mut search);
                continue;
            };
            open.next += 1;
            let from = open.directory.clone();
            if self.components.borrow().contains_key(&to) {
                continue;
            }
            match search.numbers.get(&to) {
                Some((number, _)) => {
                    let number = *number;
                    search.lower(&from, number);
                }
                None => search.enter(&to, self.calls(&to, read)),
            }
        }
    }

    /// Is done with the innermost directory of a search. When it leads back to none before it, what was reached since is
    /// a component.
    fn leave(&self, search: &mut Search) {
        let Some(Open { directory, .. }) = search.open.pop() else { return };
        let (number, lowest) = search.numbers[&directory];
        if let Some(caller) = search.open.last() {
            let caller = caller.directory.clone();
            search.lower(&caller, lowest);
        }
        if lowest < number {
            return;
        }
        let start = search.reached.iter().rposition(|reached| *reached == directory).unwrap_or(0);
        let members: HashSet<PathBuf> = search.reached.split_off(start).into_iter().collect();
        let is_local_only = members.iter().all(|member| self.leads_to_local_ones(member, &members));
        let component = Rc::new(Component { members, is_local_only });
        let mut components = self.components.borrow_mut();
        components.extend(component.members.iter().map(|member| (member.clone(), component.clone())));
    }

    /// Whether the calls of a directory are by relative path, and those below what they lead to outside of its component.
    fn leads_to_local_ones(&self, directory: &Path, members: &HashSet<PathBuf>) -> bool {
        let (calls, components) = (self.calls.borrow(), self.components.borrow());
        let is_local =
            |to: &PathBuf| members.contains(to) || components.get(to).is_some_and(|below| below.is_local_only);
        calls
            .get(directory)
            .is_some_and(|calls| calls.are_all_relative && calls.relative.iter().all(|(_, to)| is_local(to)))
    }

    /// The ways through the component that is entered at a directory.
    fn ways(&self, entry: &Path) -> Rc<Ways> {
        if let Some(known) = self.ways.borrow().get(entry) {
            return known.clone();
        }
        let ways = Rc::new(self.ways_from(entry));
        self.ways.borrow_mut().insert(entry.to_owned(), ways.clone());
        ways
    }

    fn ways_from(&self, entry: &Path) -> Ways {
        let (calls, components) = (self.calls.borrow(), self.components.borrow());
        let Some(component) = components.get(entry) else { return Ways::default() };
        let mut ways = Ways::default();
        let mut callers: HashMap<&Path, Vec<&Path>> = HashMap::new();
        let mut reached: HashSet<&Path> = HashSet::from([entry]);
        let mut pending = VecDeque::from([entry]);
        while let Some(from) = pending.pop_front() {
            let inside = calls[from].relative.iter().filter(|(_, to)| component.members.contains(to));
            for (call, to) in inside {
                callers.entry(to).or_default().push(from);
                if reached.insert(to) {
                    ways.followed.insert(*call);
                    pending.push_back(to);
                }
            }
        }
        let mut pending = VecDeque::from([entry]);
        while let Some(to) = pending.pop_front() {
            for from in callers.get(to).into_iter().flatten() {
                if *from != entry && !ways.back.contains_key(*from) {
                    ways.back.insert(from.to_path_buf(), to.to_owned());
                    pending.push_back(from);
                }
            }
        }
        ways
    }
}
