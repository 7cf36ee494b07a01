//! The type of a mention in the light of its link: what stands for a team is an organisation, though the
//! name is a town's, and a firm that bears the name of its founder is no person.

use super::kb::KnowledgeBase;
use super::kind::Kind;
use super::span::{Link, TypedSpan};

/// From this confidence on a link says what type its mention is. Of 0.45 to 0.8, 0.5 to 0.6 do best on
/// worldwide-dev.
const SURE: f64 = 0.6;

/// Gives the mention the type of its row, where the two are an organisation and something else that shares
/// its name. Nothing becomes a person: who bears the name of a place is told by what stands around.
pub(crate) fn retype(kb: &KnowledgeBase, span: &mut TypedSpan, link: Option<&Link>) {
    let sure = link.filter(|link| link.confidence >= SURE);
    let Some(row) = sure.and_then(|link| kb.row(link.at)) else { return };
    let differs = matches!(
        (span.kind, row.kind),
        (Kind::Gpe | Kind::Loc | Kind::Fac | Kind::Person, Kind::Org) | (Kind::Org, Kind::Gpe)
    );
    if differs {
        span.kind = row.kind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::kb::format::name;
    use crate::tag::kb::writer::{NewRow, TableWriter};

    #[test]
    fn a_sure_link_to_an_organisation_says_the_type() {
        let mut writer = TableWriter::new("retype");
        for (qid, label, kind) in [(1, "Tarnby", Kind::Gpe), (2, "Holm", Kind::Org), (3, "Ana", Kind::Person)]
        {
            let row = writer.row(NewRow::named(qid, label, kind, 150));
            writer.name(&label.to_lowercase(), row, name::LABEL);
        }
        let kb = KnowledgeBase::load(&[writer.finish().unwrap().into()]).unwrap();
        let retyped = |kind: Kind, name: &str, confidence: f64| {
            let at = kb.candidates(kb.entry(name)).next().unwrap().at;
            let mut span = TypedSpan::new(0, 1, kind, 0.9);
            retype(&kb, &mut span, Some(&Link { at, confidence }));
            span.kind
        };
        assert_eq!(retyped(Kind::Gpe, "holm", 0.6), Kind::Org);
        assert_eq!(retyped(Kind::Person, "holm", 0.6), Kind::Org);
        assert_eq!(retyped(Kind::Org, "tarnby", 0.6), Kind::Gpe);
        assert_eq!(retyped(Kind::Gpe, "holm", 0.5), Kind::Gpe);
        assert_eq!(retyped(Kind::Org, "ana", 0.9), Kind::Org);
        assert_eq!(retyped(Kind::Norp, "tarnby", 0.9), Kind::Norp);
    }
}
