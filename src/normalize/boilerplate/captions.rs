//! Captions and credits of pictures: `FILE PHOTO: … REUTERS/Mara Lindqvist`, `Image source, Getty Images`.

use std::sync::LazyLock;

use regex::Regex;

/// What opens a caption whatever follows, in lower case.
const OPENINGS: &[&str] = &[
    "image source,",
    "image source:",
    "image caption,",
    "image caption:",
    "image copyright",
    "image credit:",
    "image:",
    "images:",
    "media caption,",
    "media caption:",
    "video caption,",
    "video caption:",
    "file photo:",
    "file photo -",
    "file photo |",
    "file photo of ",
    "file picture:",
    "file image:",
    "photo:",
    "photos:",
    "photo :",
    "photo credit:",
    "photo credits:",
    "photo caption:",
    "photo illustration:",
    "photograph:",
    "picture:",
    "pictured:",
    "(photo:",
    "(photo by ",
    "[photo:",
    "(photos:",
    "(image:",
    "(picture:",
    "foto:",
    "fotos:",
    "(foto:",
    "[foto:",
    "bild:",
    "(bild:",
    "bildquelle:",
    "bildunterschrift:",
    "symbolbild:",
    "archivbild:",
    "archivfoto:",
    "crédit photo",
    "crédits photo",
    "photo d'illustration",
    "photo d'archives",
    "photo d’illustration",
    "photo d’archives",
    "légende:",
    "légende :",
    "fotografía:",
    "foto de archivo",
    "imagen de archivo",
    "crédito:",
    "créditos:",
    "pie de foto:",
    "foto d'archivio",
    "foto d’archivio",
    "immagine di repertorio",
    "foto de arquivo",
    "imagem de arquivo",
    "fotografia:",
    "beeld:",
    "archieffoto",
    "zdjęcie:",
    "zdjęcia:",
    "fot. ",
    "(fot. ",
    "zdjęcie ilustracyjne",
    "ilustracija:",
    "foto ilustracija",
    "arhivska fotografija",
    "izvor fotografije",
    "фото:",
    "(фото:",
    "фото из архива",
    "иллюстрация:",
    "фотографија:",
    "fotoğraf:",
    "arşiv fotoğrafı",
];

/// A line that opens so is a caption, or stands in brackets as a whole and names who took the picture.
static OPENS: LazyLock<Option<Regex>> = LazyLock::new(|| super::any_of("^", OPENINGS.iter().copied(), ""));

/// `FILE - Traffic on the bridge …`: the word in capitals, then a dash.
const FILE: [&str; 3] = ["FILE - ", "FILE – ", "FILE — "];

/// Who took the picture, at the end of a caption.
static ENDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = concat!(
        r"[A-ZÀ-ÞĀ-ſА-Я][^ ,;:!?/()]{0,24}",
        r"(?: (?:(?:de|da|van|der|von|al|el|bin) )*[A-ZÀ-ÞĀ-ſА-Я][^ ,;:!?/()]{0,24}){0,3}",
    );
    Regex::new(&format!(
        "(?:{}|{}|{}|{}|{})$",
        // `REUTERS/Mara Lindqvist/File Photo`
        format_args!(r"(?:^|[ (])(?:REUTERS|Reuters)/{name}(?:/File Photo|/File|/Files|/Pool|/Handout)?[.)]?"),
        // `(AP Photo/Mara Lindqvist, File)`, `(Photo by Mara Lindqvist/Getty Images)`, `[Photo/Agencies]`
        r"[(\[](?:AP Photo|AP Foto|Photo|Photos|PHOTO|Foto|FOTO|Image|File photo|File Photo|Photo credit|Photo Credit|Picture)(?:/| by |: ?| courtesy )[^()\[\]]{1,100}[)\]]\.?",
        // `Photo: Mara Lindqvist/AFP`, `Photograph: Mara Lindqvist/The Harbour Post`, `Foto: Tom Okoro/dpa`
        format_args!(r"[ .](?:Photo|Photograph|Photo Credit|Photo credit|Image|Foto|Bild|Fotografía|Picture): {name}(?:/{name}|/dpa|/afp)*"),
        // `| Mara Lindqvist/Getty Images`, `AFP/Getty Images`
        format_args!(r"{name}/(?:Getty Images|Getty|AFP|AP|EPA|EFE|dpa|Shutterstock|AFP via Getty Images|Anadolu)"),
        r"(?:AFP|AP|Anadolu) via Getty Images",
    ))
    .ok()
});

/// The longest line that is nothing but who took the picture, in bytes.
const MAX_CREDIT: usize = 80;
/// `Photo by Mara Lindqvist`, `Photo courtesy of the Harbour Museum`.
static TAKEN_BY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:Photo|Photos|Photograph|Photographs|Photography|Pictures?|Photo Illustration)(?: by| courtesy of| courtesy|: by) [A-ZÀ-ÞĀ-ſА-Я][^.!?]*\.?$")
        .ok()
});

/// Whether `line` is a caption, or says who took a picture.
pub(super) fn is_caption(line: &str) -> bool {
    super::finds(&OPENS, line)
        || FILE.iter().any(|opening| line.starts_with(opening))
        || line.len() <= MAX_CREDIT && super::finds(&TAKEN_BY, line)
        || line.contains(['/', ':', ')', ']']) && super::finds(&ENDS, line)
        || line.ends_with("Getty Images") && super::finds(&ENDS, line)
}
