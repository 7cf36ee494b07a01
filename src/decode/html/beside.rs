//! What stands among the paragraphs of an article and is none of them: captions, teasers, boxes of links,
//! prompts to share or to subscribe. Told from the elements that a line stands in, and from what it is made of.

use super::elements::Name;
use super::marks::Marks;
use super::prompts;
use super::text::LineMake;

/// Parts of the names of classes that say the same.
pub(super) const PARTS: &str = "caption|credit|copyright|share|sharing|social|newsletter|related|recommend|readmore|read-more|read-also|advert|sponsor|\
                 promo|subscribe|paywall|\
                 author-bio|authorbio|author-box|about-author|comment|breadcrumb|toolbar|infobox|timestamp|byline|disclaimer|tag-list|taglist|most-read";
/// A line of which at least this share (in hundredths) is links, and no longer than that, is a teaser.
const MOSTLY_LINKED: usize = 80;
const MAX_TEASER: usize = 220;
/// More of the text than this share (in hundredths) is not beside it, whatever its classes say.
const MAX_SHARE: usize = 40;

/// Whether an element of this name and with these marks stands beside the article.
pub(super) fn is_beside(name: Name, marks: Marks) -> bool {
    match name {
        Name::Figcaption
        | Name::Aside
        | Name::Nav
        | Name::Footer
        | Name::Button
        | Name::Form
        | Name::Caption => true,
        Name::Article | Name::Body | Name::Main => false,
        _ => marks.class.is_beside(),
    }
}

/// `text` without the lines that stand beside the article.
pub(super) fn without_beside(text: &str, lines: &[LineMake]) -> String {
    let of_classes = |line: &LineMake| line.beside * 2 > line.words;
    let all: usize = lines.iter().map(|line| line.words).sum();
    let beside: usize = lines.iter().filter(|line| of_classes(line)).map(|line| line.words).sum();
    let trust_classes = beside * 100 <= all * MAX_SHARE;
    let mut kept = Vec::with_capacity(lines.len());
    let mut headings = Vec::with_capacity(lines.len());
    for (line, make) in text.split('\n').zip(lines) {
        let teaser =
            make.linked * 100 >= make.words * MOSTLY_LINKED && make.words <= MAX_TEASER && !make.heading;
        if teaser || trust_classes && of_classes(make) {
            continue;
        }
        kept.push(line);
        headings.push(make.heading);
    }
    let kept = prompts::article(&kept, |at| headings.get(at).is_some_and(|heading| *heading));
    if kept.is_empty() { text.to_owned() } else { kept.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::super::nodes::NodeId;
    use super::super::said::Said;
    use super::super::text::{Part, lines_of};
    use super::super::tree::tests::tree_of;
    use super::*;

    fn kept(markup: &str) -> String {
        let tree = tree_of(markup);
        let marks = Marks::of_all(&tree, &Said::default());
        let part = Part { tree: &tree, shape: &tree.shape, marks: &marks, root: NodeId::ROOT };
        let (text, lines) = lines_of(part, is_beside);
        assert_eq!(text.split('\n').count(), lines.len());
        without_beside(&text, &lines)
    }

    #[test]
    fn captions_teasers_and_boxes_go() {
        let story = "<p>The ferry ran aground off the old harbour at noon and was freed in the evening.</p>";
        for beside in [
            "<figure><img><figcaption>The ferry. Photo: A. Lund</figcaption></figure>",
            "<p><a href=/x>Read more: the harbour in pictures</a></p>",
            "<div class='c-Newsletter box'>Get the news by mail</div>",
            "<ul class=social-share><li>Share</li><li>Mail</li></ul>",
        ] {
            let page = format!("{story}{beside}{story}");
            assert_eq!(kept(&page), kept(&format!("{story}{story}")), "{beside}");
        }
    }

    #[test]
    fn links_within_a_paragraph_and_a_misnamed_body_stay() {
        let linked = "<p>The <a href=/f>ferry that ran aground</a> was freed in the evening.</p>";
        assert_eq!(kept(linked), "The ferry that ran aground was freed in the evening.");
        let misnamed = "<div class=promo><p>The ferry ran aground.</p><p>It was freed.</p></div><p>End.</p>";
        assert_eq!(kept(misnamed), "The ferry ran aground.\nIt was freed.\nEnd.");
    }

    #[test]
    fn a_time_that_is_left_out_leaves_its_line_out() {
        assert_eq!(kept("<p>One</p><time datetime=x>1 May</time><p>two</p>"), "One\ntwo");
    }
}
