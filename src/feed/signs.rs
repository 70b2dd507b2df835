//! Words by which a page says what it is, in the languages newspapers are written in.
//!
//! Phrases are lower case and without white space: pages break and space them as they like.

/// Markup of bot checks.
pub(super) const BOT_MARKUP: &[&str] = &[
    "cf_chl_opt",
    "cf-challenge",
    "cf-browser-verification",
    "cf-turnstile",
    "challenge-platform/h/",
    "_incapsula_resource",
    "px-captcha",
    "captcha-delivery",
    "ddos-guard",
    "awswafcookiedomainlist",
    "sucuri_cloudproxy_js",
    "smartcaptcha",
    "g-recaptcha",
    "h-captcha",
    "sec-if-cpt-container",
    "/_sec/cp_challenge/",
    "perimeterx",
];

/// What bot checks ask for.
pub(super) const BOT: &[&str] = &[
    "justamoment...",
    "checkingyourbrowser",
    "youarehuman",
    "you'rehuman",
    "notarobot",
    "unusualtraffic",
    "attentionrequired!|cloudflare",
    "ddosprotectionby",
    "enablejsanddisableanyadblocker",
    "errors.edgesuite.net",    // Akamai
    "onthisserver.reference#", // Akamai
    "bukanrobot",              // id
    "andamanusia",             // id
    "adalahmanusia",           // id
    "nosoyunrobot",            // es
    "eshumano",                // es
    "nãosouumrobô",            // pt
    "éhumano",                 // pt
    "pasunrobot",              // fr
    "êteshumain",              // fr
    "keinroboter",             // de
    "einmenschsind",           // de
    "nonsonounrobot",          // it
    "seiumano",                // it
    "geenrobot",               // nl
    "янеробот",                // ru, uk
    "вынеробот",               // ru
    "вычеловек",               // ru
    "проверкабраузера",        // ru
    "请稍候…",                 // zh
    "人机验证",                // zh
    "您是真人",                // zh
    "我不是机器人",            // zh
    "驗證您是人類",            // zh
    "我不是機器人",            // zh
    "ロボットではありません",  // ja
    "人間であることを確認",    // ja
    "로봇이아닙니다",          // ko
    "사람인지확인",            // ko
    "لستبرنامجروبوت",          // ar
    "أنكإنسان",                // ar
    "رباتنیستم",               // fa
    "robotdeğilim",            // tr
    "insanolduğunuzu",         // tr
    "khôngphảilàrobot",        // vi
    "làconngười",              // vi
    "ไม่ใช่โปรแกรมอัตโนมัติ",       // th
    "คุณเป็นมนุษย์",               // th
    "niejestemrobotem",        // pl
];

/// Titles of pages that ask who reads them.
pub(super) const LOGIN_TITLES: &[&str] = &[
    "login",
    "signin",
    "masuk",
    "iniciarsesión",
    "iniciesesión",
    "entrar",
    "seconnecter",
    "connexion",
    "anmelden",
    "anmeldung",
    "accedi",
    "inloggen",
    "войти",
    "вход",
    "авторизация",
    "увійти",
    "登录",
    "登入",
    "ログイン",
    "로그인",
    "تسجيلالدخول",
    "ورود",
    "girişyap",
    "đăngnhập",
    "เข้าสู่ระบบ",
    "लॉगइन",
    "zalogujsię",
];

/// What a page says in its title or first heading when there is nothing under its address.
pub(super) const MISSING: &[&str] = &[
    "notfound",
    "doesn'texist",
    "doesnotexist",
    "nolongeravailable",
    "tidakditemukan",
    "tidakada",
    "noencontrad",
    "noexiste",
    "nãoencontrad",
    "nãoexiste",
    "introuvable",
    "n'existepas",
    "nichtgefunden",
    "existiertnicht",
    "nontrovat",
    "nonesiste",
    "nietgevonden",
    "ненайден",
    "несуществует",
    "незнайден",
    "неіснує",
    "找不到",
    "未找到",
    "不存在",
    "見つかりません",
    "찾을수없",
    "존재하지않",
    "غيرموجود",
    "لميتمالعثور",
    "یافتنشد",
    "پیدانشد",
    "bulunamadı",
    "khôngtìmthấy",
    "khôngtồntại",
    "ไม่พบ",
    "नहींमिला",
    "nieznaleziono",
];

/// What a page says that wants a consent first.
pub(super) const CONSENT: &[&str] = &[
    "beforeyoucontinueto",
    "acceptallcookies",
    "acceptcookies",
    "weandourpartners",
    "yourprivacychoices",
    "wevalueyourprivacy",
    "consenttocookies",
    "setujusemuacookie",
    "terimasemuacookie",
    "aceptarcookies",
    "aceptartodo",
    "valoramostuprivacidad",
    "aceitarcookies",
    "aceitartodos",
    "toutaccepter",
    "accepterlescookies",
    "accepteretcontinuer",
    "alleakzeptieren",
    "cookieszustimmen",
    "zustimmenundweiter",
    "einwilligungundweiter",
    "accettatutti",
    "accettaicookie",
    "allesaccepteren",
    "cookiesaccepteren",
    "принятьвсе",
    "принятьcookie",
    "接受所有cookie",
    "接受全部",
    "同意して続ける",
    "すべて受け入れる",
    "모두동의",
    "قبولالكل",
    "tümünükabulet",
    "chấpnhậntấtcả",
    "ยอมรับทั้งหมด",
    "akceptujęwszystkie",
    "przejdźdoserwisu",
];

/// What a page says that is empty without JavaScript.
pub(super) const SCRIPT: &[&str] = &[
    "enablejavascript",
    "enablejs",
    "javascriptisdisabled",
    "javascriptisrequired",
    "requiresjavascript",
    "withoutjavascript",
    "turnonjavascript",
    "aktifkanjavascript",
    "mengaktifkanjavascript",
    "habilitarjavascript",
    "habilitejavascript",
    "habilitajavascript",
    "activejavascript",
    "activarjavascript",
    "ativeojavascript",
    "ativarojavascript",
    "habiliteojavascript",
    "habilitarojavascript",
    "activezjavascript",
    "activerjavascript",
    "activationdejavascript",
    "javascriptaktivieren",
    "aktivierensiejavascript",
    "javascripteinschalten",
    "abilitajavascript",
    "abilitarejavascript",
    "attivajavascript",
    "schakeljavascript",
    "javascriptinschakelen",
    "включитеjavascript",
    "включитьjavascript",
    "включенjavascript",
    "отключенjavascript",
    "javascriptотключен",
    "увімкнітьjavascript",
    "启用javascript",
    "开启javascript",
    "啟用javascript",
    "開啟javascript",
    "javascriptを有効",
    "javascript를활성화",
    "자바스크립트를",
    "تفعيلjavascript",
    "تفعيلجافاسكريبت",
    "جاوااسکریپت",
    "javascript'ietkinleştir",
    "javascriptietkinleştir",
    "bậtjavascript",
    "kíchhoạtjavascript",
    "เปิดใช้งานjavascript",
    "włączjavascript",
    "włączobsługęjavascript",
];
