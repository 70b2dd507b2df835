//! A made news site: articles in several languages with their own words, and foreign lines of no known label around
//! and between them.

/// Words of a language and how they are joined.
struct Tongue {
    lang: &'static str,
    words: &'static str,
    glue: &'static str,
    stop: &'static str,
    /// Lines that stand in the body of every page; the last one is running text.
    foreign: [&'static str; 4],
    /// Their like after the redesign.
    later: [&'static str; 2],
}

const TONGUES: &[Tongue] = &[
    Tongue {
        lang: "en",
        words: "harbour council stone bridge winter teacher river market engine garden farmer window signal copper \
            valley lantern orchard ferry budget museum captain timber village doctor anchor bakery meadow tunnel",
        glue: " ",
        stop: ".",
        foreign: [
            "The valley in your pocket, every morning at six",
            "Picture desk of the Valley Courier",
            "Eight walks around the lake for a long weekend",
            "The Valley Courier is owned by its readers, and none of them has a say in what its reporters write.",
        ],
        later: [
            "Twelve thousand neighbours already have our card, and this week it costs them nothing at all.",
            "Heard in the valley: our two voices on what the week has brought",
        ],
    },
    Tongue {
        lang: "de",
        words: "Hafen Gemeinde Brücke Winter Lehrerin Fluss Markt Motor Garten Bäuerin Fenster Signal Kupfer Tal \
            Laterne Fähre Haushalt Museum Kapitän Holz Dorf Ärztin Anker Bäckerei Wiese Tunnel Ratsherr Schule",
        glue: " ",
        stop: ".",
        foreign: [
            "Das Tal in der Tasche, jeden Morgen um sechs",
            "Bildredaktion des Talboten",
            "Acht Wanderungen um den See für ein langes Wochenende",
            "Der Talbote gehört seinen Lesern, und keiner von ihnen redet den Reportern in ihre Texte hinein.",
        ],
        later: [
            "Zwölftausend Nachbarn haben unsere Karte schon, und in dieser Woche kostet sie gar nichts.",
            "Gehört im Tal: unsere zwei Stimmen zu dem, was die Woche gebracht hat",
        ],
    },
    Tongue {
        lang: "id",
        words: "pelabuhan jembatan musim guru sungai pasar mesin kebun petani jendela isyarat tembaga lembah lentera \
            feri anggaran museum kapten kayu desa dokter jangkar roti padang terowongan sekolah nelayan gudang",
        glue: " ",
        stop: ".",
        foreign: [
            "Lembah di sakumu setiap pagi pukul enam",
            "Meja gambar Suara Lembah",
            "Delapan jalan kaki mengitari danau untuk akhir pekan",
            "Suara Lembah adalah milik para pembacanya dan tak seorang pun ikut menentukan isi tulisan wartawannya.",
        ],
        later: [
            "Dua belas ribu tetangga sudah punya kartu kami dan pekan ini kartu itu tidak memungut biaya.",
            "Terdengar di lembah: dua suara kami tentang pekan ini",
        ],
    },
    Tongue {
        lang: "ru",
        words: "гавань совет камень мост зима учитель река рынок мотор сад фермер окно сигнал медь долина фонарь \
            паром бюджет музей капитан лес деревня врач якорь пекарня луг тоннель школа",
        glue: " ",
        stop: ".",
        foreign: [
            "Долина в кармане каждое утро в шесть",
            "Стол снимков газеты «Голос долины»",
            "Восемь прогулок вокруг озера на выходные",
            "«Голос долины» принадлежит своим читателям, и никто из них не решает, о чём пишут его корреспонденты.",
        ],
        later: [
            "У двенадцати тысяч соседей уже есть наша карта, и на этой неделе она не стоит ничего.",
            "Слышно в долине: два наших голоса о прошедшей неделе",
        ],
    },
    Tongue {
        lang: "zh",
        words: "港 口 议 会 石 桥 冬 天 老 师 河 流 市 场 发 动 机 花 园 农 民 窗 户 信 号 铜 山 谷 灯 笼 渡 轮 预 算 船 长 木 材 村 庄",
        glue: "",
        stop: "。",
        foreign: [
            "每天早上六点，山谷在你的口袋里",
            "山谷邮报图片部",
            "长周末环湖八条步行路线",
            "山谷邮报属于它的读者，但没有任何一位读者能够决定记者写什么，也没有人能够要求他们不写什么。",
        ],
        later: [
            "已经有一万二千位邻居拥有我们的卡片，而且这个星期办理它不需要支付任何费用，欢迎大家光临。",
            "山谷之声：我们的两位主播谈本周发生的事情",
        ],
    },
];

/// A page and what is the article on it.
pub struct MadePage {
    pub url: String,
    pub html: String,
    pub body: Vec<String>,
    pub foreign: Vec<String>,
}

/// How many languages there are.
pub const LANGUAGES: usize = TONGUES.len();

/// Pages look like this.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Design {
    Old,
    New,
}

/// A small generator of numbers that is the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % sides
    }
}

fn sentence(dice: &mut Dice, tongue: &Tongue, words: usize) -> String {
    let all: Vec<&str> = tongue.words.split_whitespace().collect();
    let words = if tongue.glue.is_empty() {
        words * 2
    } else {
        words
    };
    let chosen: Vec<&str> = (0..words).map(|_| all[dice.roll(all.len())]).collect();
    let text = chosen.join(tongue.glue);
    let first: String = text.chars().take(1).flat_map(char::to_uppercase).collect();
    first + &text.chars().skip(1).collect::<String>()
}

fn paragraph(dice: &mut Dice, tongue: &Tongue) -> String {
    let count = 2 + dice.roll(3);
    let sentences: Vec<String> = (0..count)
        .map(|_| {
            let words = 8 + dice.roll(8);
            sentence(dice, tongue, words) + tongue.stop
        })
        .collect();
    sentences.join(tongue.glue)
}

/// Page `number` of a site in language `language`.
pub fn page(language: usize, number: u64, design: Design) -> MadePage {
    let tongue = &TONGUES[language];
    let mut dice = Dice((number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ language as u64);
    let title = sentence(&mut dice, tongue, 6);
    let count = 5 + dice.roll(6);
    let mut body: Vec<String> = (0..count).map(|_| paragraph(&mut dice, tongue)).collect();
    if number % 4 == 1 {
        // A short paragraph of one sentence, as reporters like them.
        body[2] = sentence(&mut dice, tongue, 5) + tongue.stop;
    }
    let url = format!("https://{}.made.example/{number}", tongue.lang);
    write(tongue, &url, &title, body, design, &mut dice)
}

/// The same article under another address, with a paragraph more.
pub fn told_again(language: usize, page: &MadePage, time: u64) -> MadePage {
    let tongue = &TONGUES[language];
    let mut dice = Dice(time * 77 + 5);
    let mut body = page.body.clone();
    body.push(paragraph(&mut dice, tongue));
    let title = sentence(&mut dice, tongue, 6);
    write(
        tongue,
        &format!("{}-{time}", page.url),
        &title,
        body,
        Design::Old,
        &mut dice,
    )
}

fn write(
    tongue: &Tongue,
    url: &str,
    title: &str,
    body: Vec<String>,
    design: Design,
    dice: &mut Dice,
) -> MadePage {
    let foreign: Vec<&str> = match design {
        Design::Old => tongue.foreign.to_vec(),
        Design::New => tongue.foreign[2..]
            .iter()
            .chain(&tongue.later)
            .copied()
            .collect(),
    };
    let (open, close) = match design {
        Design::Old => ("<div class=\"wrap\"><div class=\"c7 k\">", "</div></div>"),
        Design::New => (
            "<main><section class=\"x-grid\"><div class=\"z9\">",
            "</div></section></main>",
        ),
    };
    let mut inner = String::new();
    let places = [0, 1, body.len() / 2, body.len() - 1];
    for (index, text) in body.iter().enumerate() {
        inner.push_str(&format!("<p>{text}</p>"));
        for (line, _) in foreign
            .iter()
            .zip(places)
            .filter(|(_, place)| *place == index)
        {
            inner.push_str(&format!("<p>{line}</p>"));
        }
    }
    let links: String = (0..30)
        .map(|n| {
            format!(
                "<li><a href=\"/s/{n}\">{}</a></li>",
                sentence(dice, tongue, 3)
            )
        })
        .collect();
    let html = format!(
        "<html lang={}><head><meta charset=utf-8><title>{title}</title></head><body><ul>{links}</ul>\
         {open}<h1>{title}</h1>{inner}{close}<div class=foot><ul>{links}</ul></div></body></html>",
        tongue.lang
    );
    MadePage {
        url: url.to_owned(),
        html,
        body,
        foreign: foreign.into_iter().map(str::to_owned).collect(),
    }
}
