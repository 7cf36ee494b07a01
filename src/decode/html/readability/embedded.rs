//! What is embedded in an article, and what of it stays: videos of known sites.

use super::super::elements::Name;
use super::super::nodes::NodeId;
use super::page::Page;

/// Sites whose videos stay.
const VIDEOS: [&str; 10] = [
    "dailymotion.com",
    "youtube.com",
    "youtube-nocookie.com",
    "player.vimeo.com",
    "v.qq.com",
    "archive.org",
    "upload.wikimedia.org",
    "player.twitch.tv",
    "bilibili.com",
    "live.bilibili.com",
];

pub(super) fn is_embedded(name: Name) -> bool {
    matches!(name, Name::Object | Name::Embed | Name::Iframe)
}

/// Whether something embedded is a video that stays.
pub(super) fn shows_video(page: &Page<'_>, node: NodeId) -> bool {
    let of = |node: NodeId| page.tree.attributes(node).iter().any(|attribute| is_video(&attribute.value));
    let within = |node: NodeId| of(node) || page.tree.text(node).is_some_and(is_video);
    of(node) || page.is(node, Name::Object) && page.shape.within(node).any(within)
}

/// Whether an address leads to a site of videos.
fn is_video(address: &str) -> bool {
    VIDEOS.iter().any(|site| {
        let before = address.find(site).and_then(|at| address.get(..at));
        before.is_some_and(|before| before.ends_with("//") || before.ends_with("//www."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn videos_are_known_by_their_sites() {
        assert!(is_video("https://www.youtube.com/embed/x") && is_video("//player.vimeo.com/video/1"));
        assert!(!is_video("youtube.com/x") && !is_video("https://x.example/youtube.com"));
    }
}
