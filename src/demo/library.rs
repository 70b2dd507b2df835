//! The canned files, embedded: one folder per outlet with its `outlet.toml` and its articles.

use super::DemoError;
use super::article::CannedArticle;
use super::outlet::Outlet;

/// The files of one outlet as they were embedded.
pub(super) struct CannedOutlet {
    /// Folder under `src/demo/articles/`.
    folder: &'static str,
    /// Its `outlet.toml`.
    outlet: &'static str,
    /// Slug and text of each article, in the order of the front page.
    articles: &'static [(&'static str, &'static str)],
}

impl CannedOutlet {
    /// Reads the outlet's files.
    pub(super) fn read(&self) -> Result<(Outlet, Vec<CannedArticle>), DemoError> {
        let file_error = |name: &str, why: String| DemoError::File {
            file: format!("{}/{name}", self.folder),
            why,
        };
        let outlet = toml::from_str(self.outlet)
            .map_err(|error| file_error("outlet.toml", error.to_string()))?;
        let articles: Vec<CannedArticle> = self
            .articles
            .iter()
            .map(|(slug, text)| {
                CannedArticle::parse(slug, text)
                    .map_err(|why| file_error(&format!("{slug}.txt"), why))
            })
            .collect::<Result<_, _>>()?;
        for article in &articles {
            let known = |slug: &str| self.articles.iter().any(|(known, _)| *known == slug);
            if let Some(slug) = article.also().find(|slug| !known(slug)) {
                let why = format!("`@also {slug}` names no article of the outlet");
                return Err(file_error(&format!("{}.txt", article.slug), why));
            }
        }
        Ok((outlet, articles))
    }
}

/// Embeds the files: the compiler refuses a name without a file, a test a file without a name.
macro_rules! library {
    ($($folder:literal: [$($slug:literal),+ $(,)?]),+ $(,)?) => {
        &[$(CannedOutlet {
            folder: $folder,
            outlet: include_str!(concat!("articles/", $folder, "/outlet.toml")),
            articles: &[$((
                $slug,
                include_str!(concat!("articles/", $folder, "/", $slug, ".txt")),
            )),+],
        }),+]
    };
}

/// Every outlet; the order is that of the addresses given to `Site::new`.
pub(super) static LIBRARY: &[CannedOutlet] = library! {
    "kabar-nusantara": [
        "menlu-tiongkok-temui-lavrov",
        "ganda-putra-ke-semifinal",
        "voli-putri-tiongkok-kalahkan-rusia",
        "suku-bunga-acuan-tetap",
        "hujan-lebat-jakarta",
        "museum-bahari-dibuka-lagi",
        "konsultasi-tiongkok-rusia",
    ],
    "suara-pesisir": [
        "menlu-tiongkok-di-moskow",
        "harga-ikan-naik",
        "festival-layang-layang",
    ],
    "vestnik-stolitsy": [
        "van-i-i-lavrov",
        "most-cherez-amur",
        "kitajskij-restoran",
        "stavka-ipoteki",
        "novaya-stanciya-metro",
    ],
    "dongfang-rixun": [
        "wang-yi-fang-mosike",
        "heilongjiang-qiao",
        "bailuosi-shangpin",
        "gaotie-xinxian",
        "lengkongqi",
    ],
    "harbour-post": [
        "wang-lavrov-moscow-talks",
        "us-china-tariff-talks",
        "night-ferry-returns",
        "chinatown-needs-neighbours",
        "harbour-rovers-win",
    ],
    "inland-courier": [
        "china-russia-ministers",
        "school-roof",
        "maize-harvest",
    ],
    "sueddeutscher-bote": [
        "wang-yi-in-moskau",
        "warnstreik-nahverkehr",
        "leitzins-bleibt",
        "vizeminister-beraten",
    ],
    "courrier-du-port": [
        "wang-yi-recu-a-moscou",
        "greve-des-remorqueurs",
        "festival-des-lanternes",
    ],
    "faro-del-sur": [
        "wang-yi-en-moscu",
        "incendio-sierra",
        "derbi-del-sur",
    ],
    "yunagi-shimbun": [
        "wang-yi-moscow",
        "volleyball-china-russia",
        "jishin-oki",
        "shin-kome",
    ],
    "sahifat-al-marfa": [
        "wang-yi-moscow",
        "asaar-al-naft",
        "souq-al-kutub",
    ],
    "hanbit-ilbo": [
        "chips-exports",
        "kimjang",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_also_line_that_leads_nowhere_names_its_file() {
        let files = CannedOutlet {
            folder: "hanbit-ilbo",
            outlet: include_str!("articles/hanbit-ilbo/outlet.toml"),
            articles: &[("kimjang", include_str!("articles/hanbit-ilbo/kimjang.txt"))],
        };
        let error = files
            .read()
            .map(|_| ())
            .expect_err("the other article is missing");
        assert_eq!(
            error.to_string(),
            "demo file hanbit-ilbo/kimjang.txt: `@also chips-exports` names no article of the outlet"
        );
    }
}
