//! Compressed values: gzip and zstd by their magic bytes, deflate and brotli, which have none, as
//! `content-encoding` says.

use std::borrow::Cow;
use std::io::Read;

use super::{DecodeError, sniff};

const GZIP_MAGIC: &[u8] = &[0x1F, 0x8B, 0x08];
const ZSTD_MAGIC: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];
/// Bytes taken from the decoder at a time.
const CHUNK: usize = 16 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Codec {
    Gzip,
    Zstd,
    /// With the frame of zlib, as the standard has it.
    Zlib,
    /// Without it, as some servers have it.
    Deflate,
    Brotli,
}

impl Codec {
    fn of_magic(value: &[u8]) -> Option<Self> {
        if value.starts_with(GZIP_MAGIC) {
            Some(Self::Gzip)
        } else if value.starts_with(ZSTD_MAGIC) {
            Some(Self::Zstd)
        } else {
            None
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Zlib | Self::Deflate => "deflate",
            Self::Brotli => "brotli",
        }
    }
}

/// The value, expanded to at most `limit` bytes; borrowed if it is not compressed.
///
/// Magic bytes win over `content_encoding`: proxies expand a value and leave the header.
///
/// # Errors
/// [`DecodeError::ExpansionLimit`], [`DecodeError::BadCompression`].
pub(super) fn expand<'v>(
    value: &'v [u8],
    content_encoding: Option<&str>,
    limit: usize,
) -> Result<Cow<'v, [u8]>, DecodeError> {
    let codec = match (Codec::of_magic(value), content_encoding) {
        (Some(codec), _) => codec,
        (None, Some(declared)) => match declared.trim().to_ascii_lowercase().as_str() {
            "deflate" if has_zlib_frame(value) => Codec::Zlib,
            "deflate" => Codec::Deflate,
            "br" => Codec::Brotli,
            unread @ ("compress" | "x-compress" | "snappy" | "lz4") => {
                return Err(DecodeError::BadCompression {
                    expected: "a content-encoding of gzip, deflate, br or zstd".to_owned(),
                    found: unread.to_owned(),
                });
            }
            _ => return Ok(Cow::Borrowed(value)),
        },
        (None, None) => return Ok(Cow::Borrowed(value)),
    };
    let expanded = match codec {
        Codec::Gzip => read_capped(flate2::bufread::MultiGzDecoder::new(value), codec, value.len(), limit),
        Codec::Zstd => match zstd::stream::read::Decoder::with_buffer(value) {
            Ok(mut decoder) => {
                // The window is memory too: no larger than the cap asks for.
                let window = limit.max(1 << 10).next_power_of_two().ilog2().min(27);
                decoder.window_log_max(window).map_err(|error| bad(codec, &error, 0))?;
                read_capped(decoder, codec, value.len(), limit)
            }
            Err(error) => Err(bad(codec, &error, 0)),
        },
        Codec::Zlib => read_capped(flate2::bufread::ZlibDecoder::new(value), codec, value.len(), limit),
        Codec::Deflate => read_capped(flate2::bufread::DeflateDecoder::new(value), codec, value.len(), limit),
        Codec::Brotli => {
            read_capped(brotli_decompressor::Decompressor::new(value, CHUNK), codec, value.len(), limit)
        }
    };
    match expanded {
        // Nothing marks these two: what is neither and could be text was expanded on its way.
        Err(DecodeError::BadCompression { .. })
            if matches!(codec, Codec::Deflate | Codec::Brotli) && sniff::binary_kind(value).is_none() =>
        {
            Ok(Cow::Borrowed(value))
        }
        expanded => expanded.map(Cow::Owned),
    }
}

/// Whether a value opens with the two bytes of zlib: deflate, and a check sum over both. Source: RFC 1950.
fn has_zlib_frame(value: &[u8]) -> bool {
    match value {
        [method, flags, ..] => {
            method & 0x0F == 8 && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31)
        }
        _ => false,
    }
}

fn bad(codec: Codec, error: &std::io::Error, after: usize) -> DecodeError {
    DecodeError::BadCompression {
        expected: format!("a whole {} value", codec.name()),
        found: format!("damage after {after} expanded bytes: {error}"),
    }
}

/// Reads to the end, and never holds more than `limit` bytes and one chunk.
fn read_capped(
    mut decoder: impl Read,
    codec: Codec,
    compressed: usize,
    limit: usize,
) -> Result<Vec<u8>, DecodeError> {
    let mut expanded = Vec::new();
    let mut chunk = vec![0_u8; CHUNK.min(limit.saturating_add(1))];
    loop {
        let got = match decoder.read(&mut chunk) {
            Ok(0) => return Ok(expanded),
            Ok(got) => got,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(bad(codec, &error, expanded.len())),
        };
        if got > limit.saturating_sub(expanded.len()) {
            return Err(DecodeError::ExpansionLimit { codec: codec.name(), bytes: compressed, limit });
        }
        // Growth by doubling would pass the cap by as much again.
        if expanded.capacity() - expanded.len() < got {
            let wanted = (expanded.len() * 2).clamp(expanded.len() + got, limit);
            expanded.reserve_exact(wanted - expanded.len());
        }
        expanded.extend_from_slice(chunk.get(..got).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_plain_value_is_not_copied() {
        assert!(matches!(expand(b"plain", Some("gzip"), 3), Ok(Cow::Borrowed(b"plain"))));
    }

    #[test]
    fn both_codecs_expand_up_to_the_cap_and_not_a_byte_more() {
        let text = b"The ferry sails at noon. ".repeat(4_000);
        for (name, value) in [("gzip", gzip(&text)), ("zstd", zstd::encode_all(&text[..], 3).unwrap())] {
            let whole = expand(&value, None, text.len()).unwrap();
            assert_eq!(whole, text, "{name}");
            let error = expand(&value, None, text.len() - 1).unwrap_err();
            assert_eq!(error.code(), "expansion_limit", "{name}");
        }
    }

    #[test]
    fn a_bomb_stops_at_the_cap() {
        let bomb = gzip(&vec![b'a'; 8 << 20]);
        assert!(bomb.len() < 16 << 10);
        let error = expand(&bomb, None, 64 << 10).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "expected at most 65536 bytes from the gzip value of {} bytes, found more; \
                 `decode.max_expanded` sets the limit",
                bomb.len()
            )
        );
    }

    #[test]
    fn a_cut_value_says_that_it_is_damaged() {
        let text = b"The ferry sails at noon.".repeat(50);
        for value in [gzip(&text), zstd::encode_all(&text[..], 3).unwrap()] {
            let error = expand(&value[..value.len() - 6], None, 1 << 20).unwrap_err();
            assert_eq!(error.code(), "bad_compression");
        }
    }

    #[test]
    fn deflate_comes_with_a_frame_without_one_and_not_at_all() {
        let text = b"The ferry sails at noon. ".repeat(50);
        let mut framed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        framed.write_all(&text).unwrap();
        let framed = framed.finish().unwrap();
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        bare.write_all(&text).unwrap();
        let bare = bare.finish().unwrap();
        for value in [&framed, &bare, &text] {
            assert_eq!(expand(value, Some("Deflate"), text.len()).unwrap(), text);
        }
        for value in [&framed, &bare] {
            assert_eq!(expand(value, Some("deflate"), 100).unwrap_err().code(), "expansion_limit");
            assert_eq!(expand(value, None, 100).unwrap(), *value, "only a header tells it");
        }
        assert_eq!(expand(&framed[..30], Some("deflate"), 1 << 20).unwrap_err().code(), "bad_compression");
    }

    /// `The ferry sails at noon. `, fifty times.
    const BROTLI: &[u8] = b"\x1b\xe1\x04\xf8\x8d\x94\xab\xed\x68\x41\x05\x71\xb6\x54\x2f\x24\xb1\x0b\x8c\
        \xcd\xd8\xf8\xf2\x61\x61\xa0\xf0\x41\xc2\x70\xdb\xfd\x9c\x66\x1d\xfa\xe8\x99\x16\x00";
    /// Eight megabytes of one letter.
    const BROTLI_BOMB: &[u8] = b"\x9b\xff\xff\x7f\xf8\x25\xc2\xe2\xb1\x40\x20\xf7\xfe\x0f";

    #[test]
    fn brotli_is_read_where_a_header_says_so() {
        let text = b"The ferry sails at noon. ".repeat(50);
        assert_eq!(expand(BROTLI, Some("BR"), text.len()).unwrap(), text);
        assert_eq!(expand(&text, Some("br"), text.len()).unwrap(), text, "expanded on its way");
        assert_eq!(expand(BROTLI, Some("br"), text.len() - 1).unwrap_err().code(), "expansion_limit");
        assert_eq!(expand(&BROTLI[..20], Some("br"), 1 << 20).unwrap_err().code(), "bad_compression");
        let error = expand(BROTLI_BOMB, Some("br"), 64 << 10).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected at most 65536 bytes from the brotli value of 14 bytes, found more; \
             `decode.max_expanded` sets the limit"
        );
    }

    #[test]
    fn members_of_gzip_are_joined() {
        let mut value = gzip(b"one ");
        value.extend(gzip(b"two"));
        assert_eq!(&*expand(&value, None, 100).unwrap(), b"one two");
    }

    #[test]
    fn a_codec_that_is_not_read_is_named() {
        let error = expand(b"\xff\x06\0\0sNaPpY", Some("snappy"), 100).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected a content-encoding of gzip, deflate, br or zstd, found snappy"
        );
    }
}
