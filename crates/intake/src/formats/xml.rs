//! XML within bounds: no document type, no entities but the five that the language has, no endless depth.

use crate::error::IntakeError;
use crate::options::Options;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

/// An element and all that is in it. Names are without their prefix.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What comes next in a document that is read from its start.
#[derive(Debug)]
pub(crate) enum Next {
    Start(Element),
    End,
    Text(String),
    Done,
}

/// A document being read.
pub(crate) struct Document<'a> {
    file: &'a str,
    reader: Reader<&'a [u8]>,
    options: &'a Options<'a>,
    depth: usize,
    /// An element without contents is a start and an end.
    owed: bool,
}

impl<'a> Document<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str, options: &'a Options<'_>) -> Self {
        let reader = Reader::from_str(text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']));
        Self { file, reader, options, depth: 0, owed: false }
    }

    #[allow(clippy::needless_pass_by_value)] // errors of every kind are handed over as they come
    fn damaged(&self, reason: impl ToString) -> IntakeError {
        IntakeError::Damaged { file: self.file.to_owned(), format: "XML", reason: reason.to_string() }
    }

    /// The next start, end or run of text.
    pub(crate) fn next(&mut self) -> Result<Next, IntakeError> {
        if std::mem::take(&mut self.owed) {
            return Ok(Next::End);
        }
        loop {
            let event = self.reader.read_event().map_err(|error| {
                let at = self.reader.error_position();
                self.damaged(format!("at byte {at}: {error}"))
            })?;
            match event {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > self.options.limits.max_xml_depth {
                        let limit = self.options.limits.max_xml_depth;
                        return Err(
                            self.damaged(format!("elements lie in one another deeper than the {limit} allowed"))
                        );
                    }
                    return Ok(Next::Start(element(&start)));
                }
                Event::Empty(start) => {
                    self.owed = true;
                    return Ok(Next::Start(element(&start)));
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Next::End);
                }
                Event::Text(text) => return Ok(Next::Text(text.to_string())),
                Event::CData(text) => return Ok(Next::Text(text.to_string())),
                Event::GeneralRef(name) => return Ok(Next::Text(reference(&name))),
                Event::DocType(_) => return Err(IntakeError::DocumentType { file: self.file.to_owned() }),
                Event::Eof if self.depth > 0 => return Err(self.damaged("it ends inside an element")),
                Event::Eof => return Ok(Next::Done),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    /// The rest of an element that has begun.
    pub(crate) fn whole(&mut self, start: Element) -> Result<Element, IntakeError> {
        let mut open = vec![start];
        let mut bytes = 0;
        loop {
            match self.next()? {
                Next::Start(element) => {
                    bytes += 64 + element.name.len();
                    open.push(element);
                }
                Next::Text(text) => {
                    bytes += text.len();
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text);
                    }
                }
                Next::End => {
                    let Some(done) = open.pop() else { return Err(self.damaged("an element ends that did not begin")) };
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(done),
                    }
                }
                Next::Done => return Err(self.damaged("it ends inside an element")),
            }
            let limit = self.options.limits.max_record_bytes;
            if bytes > limit {
                return Err(IntakeError::RecordTooLong { file: self.file.to_owned(), line: 1, limit });
            }
        }
    }
}

fn element(start: &BytesStart<'_>) -> Element {
    let name = start.local_name().as_ref().to_owned();
    let attributes = start.attributes().flatten().map(|attribute| {
        let key = attribute.key.local_name().as_ref().to_owned();
        (key, unescaped(&attribute.value))
    });
    Element { name, attributes: attributes.collect(), ..Element::default() }
}

/// The five entities of the language and numbers of characters; any other is left as it is written.
fn reference(name: &BytesRef<'_>) -> String {
    let name: &str = name;
    character(name).map_or_else(|| format!("&{name};"), |c| c.to_string())
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// Text with its entities replaced.
pub(crate) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let found = after.split_once(';').filter(|(name, _)| name.len() < 12);
        if let Some((c, tail)) = found.and_then(|(name, tail)| Some((character(name)?, tail))) {
            out.push(c);
            rest = tail;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The encoding that the first line declares.
pub(crate) fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(200))?).into_owned();
    let line = head.get(..head.find("?>")?)?;
    let after = line.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let mark = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name = after.get(1..)?.split(mark).next()?;
    // Valid UTF-8 is believed before a declaration; a wrong one is common.
    (std::str::from_utf8(bytes).is_err() && !name.eq_ignore_ascii_case("utf-8")).then(|| name.to_owned())
}

/// The name of the first element.
pub(crate) fn root(file: &str, text: &str, options: &Options<'_>) -> Result<String, IntakeError> {
    let mut document = Document::new(file, text, options);
    loop {
        match document.next()? {
            Next::Start(element) => return Ok(element.name),
            Next::Text(_) => {}
            Next::End | Next::Done => return Err(document.damaged("it has no element")),
        }
    }
}
