//! What the names of an element say: `class`, `id` and their like are written by people, and the same few words
//! mean the same on most sites.
//!
//! Gives each element a set of [`Role`]s; knows nothing of the text.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// What an element is, by its tag or by the words of its names. The nearest ancestor of each role is a feature of
/// a line; the order of the list is the order of the features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    // by words
    Body,
    Related,
    Teaser,
    Share,
    Comment,
    Picture,
    Author,
    Meta,
    Newsletter,
    Nav,
    Side,
    Foot,
    Tag,
    Ad,
    Lead,
    Headline,
    Boxed,
    Live,
    Unseen,
    // by tag
    TagArticle,
    TagMain,
    TagAside,
    TagNav,
    TagFooter,
    TagHeader,
    TagSection,
    TagFigure,
    TagTable,
    TagList,
    TagForm,
    TagQuote,
    TagDetails,
}

/// How many roles there are.
pub const ROLES: usize = Role::TagDetails as usize + 1;

/// Names of the roles, as the table of the model writes them.
pub const ROLE_NAMES: [&str; ROLES] = [
    "near_body",
    "near_related",
    "near_teaser",
    "near_share",
    "near_comment",
    "near_picture",
    "near_author",
    "near_meta",
    "near_newsletter",
    "near_nav",
    "near_side",
    "near_foot",
    "near_tag",
    "near_ad",
    "near_lead",
    "near_headline",
    "near_boxed",
    "near_live",
    "near_unseen",
    "near_tag_article",
    "near_tag_main",
    "near_tag_aside",
    "near_tag_nav",
    "near_tag_footer",
    "near_tag_header",
    "near_tag_section",
    "near_tag_figure",
    "near_tag_table",
    "near_tag_list",
    "near_tag_form",
    "near_tag_quote",
    "near_tag_details",
];

/// A set of roles, one bit each.
pub type Roles = u32;

const fn bit(role: Role) -> Roles {
    1 << role as u8
}

/// Words of each role, lower case. Languages of the web's templates: English everywhere, and what German, French,
/// Spanish, Portuguese, Indonesian, Nordic, Slavic and Chinese sites call their parts.
const WORDS: &[(Role, &str)] = &[
    (
        Role::Body,
        "article articlebody articletext articlecontent body content contents story storybody storycontent storytext \
         entry post postcontent text txt paragraph paragraphs artikel artikeltext detail details main maincontent copy \
         bodycopy richtext prose texto cuerpo nota noticia contenido conteudo corps texte contenu inhalt isi konten \
         berita tekst brodtekst brödtext treść tresc zhengwen neirong wenzhang read par fulltext longform news column",
    ),
    (
        Role::Related,
        "related relatedarticles relatednews relatedstories recommend recommended recommendation recommendations similar \
         also readmore readalso bacajuga seealso further suggested suggestion suggestions trending popular mostread \
         mostpopular latest recent more moreon mehr verwandte weitere relacionado relacionadas relacionados xiangguan \
         tuijian recirc recirculation readnext upnext next prev previous crosslink internallink interlink hot \
         associated linked linkbox relatedlinks",
    ),
    (
        Role::Teaser,
        "teaser teasers card cards promo promos tile tiles listing list feed grid item items carousel slider river \
         collection stories articles posts archive loop rank ranking top thumb",
    ),
    (
        Role::Share,
        "share shares sharing social socials facebook twitter whatsapp telegram linkedin pinterest follow sns addthis \
         sharethis bookmark print tools tool toolbar actions action button buttons btn copylink compartir partager \
         teilen bagikan",
    ),
    (
        Role::Comment,
        "comment comments commenting disqus discussion respond reply replies kommentar kommentare comentarios komentar \
         reactions forum",
    ),
    (
        Role::Picture,
        "caption captions figcaption figure image images img photo photos picture pictures gallery slideshow media video \
         videos player credit credits bild foto legende thumbnail audio podcast imagecaption photocredit copyright \
         cutline lightbox",
    ),
    (
        Role::Author,
        "author authors byline bylines writer bio biography contributor contributors profile reporter journalist autor \
         auteur autoren person people about penulis editor",
    ),
    (
        Role::Meta,
        "meta metadata date dates time timestamp datetime published publish pubdate updated update info postmeta dateline \
         source timeago readtime reading views",
    ),
    (
        Role::Newsletter,
        "newsletter newsletters subscribe subscription subscriber signup paywall premium cta membership member donate \
         donation register registration login signin offer abo appeal support marketing optin email regwall piano",
    ),
    (
        Role::Nav,
        "nav navigation navbar menu submenu breadcrumb breadcrumbs pagination pager paging tabs tab toc jump skip links \
         sitemap anchor anchors",
    ),
    (
        Role::Side,
        "sidebar side rail rightrail leftrail aside widget widgets right left sticky secondary complementary",
    ),
    (
        Role::Foot,
        "footer foot bottom legal disclaimer cookie cookies consent gdpr privacy terms contentinfo after below masthead \
         banner topbar header site",
    ),
    (
        Role::Tag,
        "tag tags topic topics keyword keywords category categories hashtag hashtags label labels cat section subject rubric \
         themen temas etiquetas",
    ),
    (
        Role::Ad,
        "ad ads adv advert advertisement advertising advertorial sponsor sponsored dfp outbrain taboola google commercial \
         anzeige werbung iklan publicidad publicite reklama adslot adunit native partner affiliate shopping product \
         products deal deals",
    ),
    (
        Role::Lead,
        "lead lede standfirst intro introduction summary dek deck subtitle subheadline subhead subheading kicker abstract \
         excerpt description chapo chapeau sapo entradilla vorspann sommario ingress strapline teasertext bajada \
         sottotitolo sumilla catenaccio perex synopsis preamble",
    ),
    (
        Role::Headline,
        "title headline heading hed h1 titulo titre judul ueberschrift tit",
    ),
    (
        Role::Boxed,
        "box infobox factbox callout pullquote quote quotes highlight highlights keypoints takeaways inset embed embedded \
         tweet instagram iframe poll quiz survey vote rating form note notice alert timeline faq accordion glossary \
         correction correx",
    ),
    (Role::Live, "live liveblog ticker liveticker"),
    (
        Role::Unseen,
        "hidden hide sr visually screen sronly visuallyhidden modal popup overlay tooltip dropdown dialog noprint \
         offscreen collapse",
    ),
];

/// Values of `role` and `itemprop` that say what an element is for.
const ATTRIBUTES: &[(&str, Roles)] = &[
    ("articlebody", bit(Role::Body)),
    ("navigation", bit(Role::Nav)),
    ("complementary", bit(Role::Side)),
    ("contentinfo", bit(Role::Foot)),
    ("banner", bit(Role::Foot)),
    ("dialog", bit(Role::Unseen)),
    ("author", bit(Role::Author)),
    ("datepublished", bit(Role::Meta)),
    ("headline", bit(Role::Headline)),
    ("main", bit(Role::TagMain)),
    ("article", bit(Role::TagArticle)),
];

static BY_WORD: LazyLock<FxHashMap<&'static str, Roles>> = LazyLock::new(|| {
    let mut by_word = FxHashMap::default();
    for (role, words) in WORDS {
        for word in words.split_ascii_whitespace() {
            *by_word.entry(word).or_default() |= bit(*role);
        }
    }
    by_word
});

/// The role of a tag, as a bit.
#[must_use]
pub fn roles_of_tag(tag: &str) -> Roles {
    match tag {
        "article" => bit(Role::TagArticle),
        "main" => bit(Role::TagMain),
        "aside" => bit(Role::TagAside),
        "nav" => bit(Role::TagNav),
        "footer" => bit(Role::TagFooter),
        "header" => bit(Role::TagHeader),
        "section" => bit(Role::TagSection),
        "figure" | "figcaption" | "picture" => bit(Role::TagFigure),
        "table" => bit(Role::TagTable),
        "ul" | "ol" | "dl" => bit(Role::TagList),
        "form" | "fieldset" => bit(Role::TagForm),
        "blockquote" => bit(Role::TagQuote),
        "details" | "summary" => bit(Role::TagDetails),
        _ => 0,
    }
}

/// The roles that the value of `role` or `itemprop` names.
#[must_use]
pub fn roles_of_attribute(value: &str) -> Roles {
    ATTRIBUTES
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(value.trim()))
        .fold(0, |all, (_, roles)| all | roles)
}

/// Longest name that is taken apart; longer ones are data, not words.
const NAME_BYTES_MAX: usize = 300;
/// Shortest half of a word that is written together (`articlecontent`).
const HALF_BYTES_MIN: usize = 3;

/// Finds the roles of names, each name once a page.
#[derive(Debug, Default)]
pub struct Namer<'a> {
    known: FxHashMap<&'a str, Roles>,
    word: String,
}

impl<'a> Namer<'a> {
    /// The roles of a `class`, `id` or their like.
    pub fn roles(&mut self, names: &'a str) -> Roles {
        if let Some(&roles) = self.known.get(names) {
            return roles;
        }
        let roles = self.read(&names[..names.floor_char_boundary(NAME_BYTES_MAX)]);
        self.known.insert(names, roles);
        roles
    }

    /// Words end at what is no letter and where a capital follows a small letter.
    fn read(&mut self, names: &str) -> Roles {
        let mut roles = 0;
        let mut was_small = false;
        self.word.clear();
        for c in names.chars().chain([' ']) {
            let starts = c.is_uppercase() && was_small;
            if !c.is_alphabetic() || starts {
                roles |= roles_of_word(&self.word);
                self.word.clear();
            }
            if c.is_alphabetic() {
                self.word.extend(c.to_lowercase());
            }
            was_small = c.is_lowercase();
        }
        roles
    }
}

fn roles_of_word(word: &str) -> Roles {
    if word.is_empty() {
        return 0;
    }
    if let Some(&roles) = BY_WORD.get(word) {
        return roles;
    }
    let ends = word.char_indices().map(|(at, _)| at);
    ends.filter(|&at| at >= HALF_BYTES_MIN && word.len() - at >= HALF_BYTES_MIN)
        .find_map(|at| Some(BY_WORD.get(&word[..at])? | BY_WORD.get(&word[at..])?))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_an_element_is() {
        for (names, expected) in [
            ("article-body", bit(Role::Body)),
            ("StoryBody_storyBody__x1", bit(Role::Body)),
            ("related-news", bit(Role::Related) | bit(Role::Body)),
            ("articlecontent", bit(Role::Body)),
            ("photocaption", bit(Role::Picture)),
            ("c-xyz q", 0),
            ("", 0),
        ] {
            assert_eq!(Namer::default().roles(names), expected, "{names}");
        }
    }

    #[test]
    fn every_role_has_its_bit_and_its_name() {
        assert!(ROLES <= Roles::BITS as usize);
        assert_eq!(ROLE_NAMES[Role::TagDetails as usize], "near_tag_details");
        assert_eq!(ROLE_NAMES[Role::Unseen as usize], "near_unseen");
        for (role, words) in WORDS {
            assert!(!words.is_empty(), "{role:?}");
        }
    }
}
