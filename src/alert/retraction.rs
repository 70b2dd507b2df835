//! Publishers who say of an article that they took it back.

use crate::text;

/// The words with which they do. Whole phrases: "retracted" alone stands in news about science. Of common wording; not
/// taken from any corpus.
const RETRACTED: &[&str] = &[
    "this article has been retracted",
    "this article has been removed",
    "this article has been withdrawn",
    "this article has been deleted",
    "this article has been taken down",
    "this story has been retracted",
    "this story has been removed",
    "this story has been withdrawn",
    "this story has been deleted",
    "this story has been taken down",
    "this report has been withdrawn",
    "this report has been retracted",
    "we have retracted this",
    "we have removed this article",
    "we have removed this story",
    "we have withdrawn this",
    "article retracted",
    "story retracted",
    "story removed",
    "article removed",
    "article withdrawn",
    "story withdrawn",
    "this article is no longer available",
    "artikel ini telah dihapus",
    "artikel ini telah dicabut",
    "berita ini telah dihapus",
    "berita ini telah dicabut",
    "berita ini ditarik",
    "artikel ini telah ditarik",
    "dieser artikel wurde zuruckgezogen",
    "dieser artikel wurde entfernt",
    "dieser artikel wurde geloscht",
    "cet article a ete retire",
    "cet article a ete supprime",
    "este articulo ha sido retirado",
    "este articulo ha sido eliminado",
    "esta noticia ha sido retirada",
    "este artigo foi removido",
    "esta noticia foi removida",
    "questo articolo e stato rimosso",
    "questo articolo e stato ritirato",
    "dit artikel is verwijderd",
    "dit artikel is ingetrokken",
    "artykuł został usuniety",
    "artykuł został wycofany",
    "artykul zostal usuniety",
    "artykul zostal wycofany",
    "статья удалена",
    "материал удален",
    "новость удалена",
    "статья снята с публикации",
    "материал снят с публикации",
    "матеріал видалено",
    "статтю видалено",
    "новину видалено",
    "bu haber kaldırıldı",
    "bu haber kaldirildi",
    "تم حذف هذا المقال",
    "تم حذف هذا الخبر",
    "تم سحب هذا المقال",
];

/// The same in scripts that are written without spaces.
const RETRACTED_SPACELESS: &[&str] = &[
    "该文章已被删除",
    "该文已被删除",
    "本文已被撤回",
    "文章已撤回",
    "稿件已撤回",
    "此文章已刪除",
    "この記事は削除されました",
    "この記事は取り消されました",
    "기사가 삭제되었습니다",
    "기사를 삭제",
];

/// A notice stands at the top: so many characters of the body are looked at.
const NOTICE_CHARS: usize = 400;

/// True when an article says of itself that it was taken back.
#[must_use]
pub fn says_retracted(title: &str, body: &str) -> bool {
    let top: String = body.chars().take(NOTICE_CHARS).collect();
    let top = format!("{title}\n{top}");
    if RETRACTED_SPACELESS
        .iter()
        .any(|phrase| top.contains(phrase))
    {
        return true;
    }
    let top = folded(&top);
    RETRACTED.iter().any(|phrase| top.contains(&folded(phrase)))
}

/// The words in normal form with one space around each, so that phrases are found as whole words.
fn folded(text: &str) -> String {
    let mut folded = String::from(" ");
    for token in text::analyse(text, None).tokens {
        folded.push_str(&token.fold);
        folded.push(' ');
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_are_known_and_news_of_retractions_are_none() {
        for notice in [
            "This article has been removed.",
            "Editor's note: This story has been retracted because it was wrong.",
            "Artikel ini telah dihapus oleh redaksi.",
            "Cet article a été supprimé.",
            "Dieser Artikel wurde gelöscht.",
            "该文章已被删除。",
            "Статья удалена по решению редакции.",
        ] {
            assert!(says_retracted("Talks in Minsk", notice), "{notice}");
        }
        for news in [
            "The journal said that 3 studies of Dr. Miller had been retracted.",
            "The minister withdrew his article on trade.",
        ] {
            assert!(!says_retracted("Talks in Minsk", news), "{news}");
        }
        let below = format!("{}This article has been removed.", "Long. ".repeat(100));
        assert!(!says_retracted("Talks in Minsk", &below));
    }
}
