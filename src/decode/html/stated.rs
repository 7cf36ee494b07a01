//! What a page says of its article: address, site, authors, dates and the like.

use std::borrow::Cow;

use super::json_ld::LinkedArticle;
use super::sweep::Facts;
use super::text::one_line;
use crate::article::Access;
use crate::decode::authors::distinct;
use crate::decode::{Stated, StatedDate};

/// `meta` names that hold the date of publication, the most trusted first.
const DATE_METAS: [&str; 20] = [
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "publication_date",
    "publish-date",
    "publish_date",
    "publishdate",
    "pubdate",
    "article.published",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "cxenseparse:recs:publishtime",
    "og:pubdate",
    "date",
    "article:published",
    "og:published_time",
];
/// `meta` names that hold authors.
const AUTHOR_METAS: [&str; 9] = [
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "article:author_name",
    "cxenseparse:author",
];
/// `meta` names that hold the name of the site.
const SITE_METAS: [&str; 4] = ["og:site_name", "application-name", "publisher", "dc.publisher"];
/// `meta` names that hold the date of the last change.
const MODIFIED_METAS: [&str; 9] = [
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "lastmod",
    "dcterms.modified",
    "dc.date.modified",
    "article:modified",
    "revised",
];
/// `meta` names that hold the part of the site, and a picture.
const SECTION_METAS: [&str; 5] =
    ["article:section", "parsely-section", "cxenseparse:recs:category", "dc.subject", "section"];
const IMAGE_METAS: [&str; 5] =
    ["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "parsely-image-url"];

/// Gathers what JSON-LD, the tags and the texts of a page say.
pub(super) fn of_page(linked: &LinkedArticle, facts: &Facts, found: &[StatedDate]) -> Stated {
    let mut dates = Dates::default();
    if let Some((place, date)) = &linked.date {
        dates.add("json_ld", Some((*place).into()), date);
    }
    dates.add_metas(&DATE_METAS, facts);
    for (date, _) in facts.times.iter().filter(|(_, is_marked)| *is_marked).take(4) {
        dates.add("time_element", Some("datePublished".into()), date);
    }
    for date in found {
        dates.add(date.kind, date.place.clone(), &date.text);
    }
    let mut modified = Dates::default();
    if let Some(date) = &linked.modified {
        modified.add("json_ld", Some("dateModified".into()), date);
    }
    modified.add_metas(&MODIFIED_METAS, facts);
    let language = linked.language.clone().or_else(|| facts.language.clone());
    Stated {
        url: linked.url.clone().or_else(|| facts.meta(&["og:url"]).map(str::to_owned)),
        canonical_url: facts.canonical.clone(),
        site: facts
            .meta(&SITE_METAS[..1])
            .map(str::to_owned)
            .or_else(|| linked.site.clone())
            .or_else(|| facts.meta(&SITE_METAS).map(str::to_owned)),
        authors: if linked.authors.is_empty() { meta_authors(facts) } else { linked.authors.clone() },
        bylines: Vec::new(),
        language: language.or_else(|| facts.meta(&["og:locale", "content-language"]).map(str::to_owned)),
        section: linked.section.clone().or_else(|| facts.meta(&SECTION_METAS).map(one_line)),
        image: linked.image.clone().or_else(|| facts.meta(&IMAGE_METAS).map(str::to_owned)),
        access: linked.access.or_else(|| match facts.meta(&["article:content_tier"])? {
            "free" => Some(Access::Free),
            "metered" | "locked" => Some(Access::Paid),
            _ => None,
        }),
        dateline: None,
        dates: dates.0,
        modified: modified.0,
    }
}

/// Each text once from each kind of place.
#[derive(Default)]
struct Dates(Vec<StatedDate>);

impl Dates {
    fn add(&mut self, kind: &'static str, place: Option<Cow<'static, str>>, text: &str) {
        if self.0.iter().all(|date| date.kind != kind || date.text != text) {
            self.0.push(StatedDate { kind, place, text: text.to_owned() });
        }
    }

    fn add_metas(&mut self, names: &[&'static str], facts: &Facts) {
        for name in names {
            if let Some(date) = facts.meta(&[name]) {
                self.add("meta", Some((*name).into()), date);
            }
        }
    }
}

/// Authors of the first `meta` that names any; profile addresses are no names.
fn meta_authors(facts: &Facts) -> Vec<String> {
    for name in AUTHOR_METAS {
        let named = facts.all_of(name).filter(|author| !author.contains("://"));
        let authors = distinct(named.map(one_line));
        if !authors.is_empty() {
            return authors;
        }
    }
    Vec::new()
}
