"""Names, adjectives and capitals of countries out of the packages of Unicode CLDR.

    npm install --prefix DIR cldr-core@48.2.0 cldr-localenames-full@48.2.0 cldr-numbers-full@48.2.0 cldr-dates-full@48.2.0

CLDR holds no demonyms. The names of *currencies*, dead ones too, carry them in nearly every language, in cases and
plurals ("китайский юань", "индийская рупия", "Russischer Rubel"); names of *languages* give more ("deutsch", "orosz"),
those of *dialects* American, British, Austrian. A word counts when it begins like the name of the country or of its
language; words that the currencies of many countries share are left out. Capitals are the cities that name time zones.
"""
import collections
import json
import pathlib
import re
import unicodedata

LANGS = """en zh zh-Hant es ar pt pt-PT ru ja de fr hi id bn ur fa tr it ko vi pl uk nl ro th el cs hu sv he ms ta te mr fi da nb
bg sr hr bs sk ca sw kk ka hy az uz my km lo mn ne si fil be lt lv et sl sq mk is af am zu eu gl gu kn ml pa ha so yo ky""".split()
SPACELESS = {"zh", "ja", "ko", "th", "lo", "km", "my"}
# Dead or shared currencies whose code does not begin with the country's.
CURRENCIES = dict(DEM="DE", SUR="RU", RUR="RU", PLN="PL", ESP="ES", GRD="GR", FIM="FI")
DIALECTS = {
    "US": "en-US", "GB": "en-GB", "AU": "en-AU", "CA": "en-CA", "BR": "pt-BR", "PT": "pt-PT", "MX": "es-MX", "AT": "de-AT",
    "CH": "de-CH",
}  # fmt: skip
# In these the dialect is told by a word that says nothing of the country ("European Portuguese", "Swiss High German").
LIKE_THE_NAME = {"PT", "CH"}
# Currencies called like their country: shorter words are the money.
LETTERS_LEAST = {"LV": 6, "LT": 6, "MK": 7, "AF": 6}
# Languages whose name is no adjective of one country.
WORLDWIDE = {"en", "fr", "es", "pt", "ar"}
# What their currencies are called says nothing of them.
NO_PEOPLE = set("EU ZA IM GQ SH ST TT FK GI HK MO SL CV CR SB MH PG TL AE NZ LK SV".split())
NO_TERRITORY = {"EZ", "QO", "UN", "XA", "XB", "ZZ"}
# Capitals that name a time zone (the zone's last part); CLDR translates the city.
ZONES = dict(pair.split(":") for pair in """
AD:Andorra AF:Kabul AL:Tirane AM:Yerevan AO:Luanda AR:Buenos_Aires AT:Vienna AZ:Baku BA:Sarajevo BD:Dhaka BE:Brussels
BF:Ouagadougou BG:Sofia BH:Bahrain BJ:Porto-Novo BO:La_Paz BT:Thimphu BW:Gaborone BY:Minsk CD:Kinshasa CF:Bangui CG:Brazzaville
CL:Santiago CO:Bogota CU:Havana CY:Nicosia CZ:Prague DE:Berlin DJ:Djibouti DK:Copenhagen DO:Santo_Domingo DZ:Algiers EE:Tallinn
EG:Cairo ER:Asmera ES:Madrid ET:Addis_Ababa FI:Helsinki FR:Paris GA:Libreville GB:London GE:Tbilisi GH:Accra GM:Banjul
GN:Conakry GQ:Malabo GR:Athens GW:Bissau HN:Tegucigalpa HR:Zagreb HT:Port-au-Prince HU:Budapest ID:Jakarta IE:Dublin
IL:Jerusalem IQ:Baghdad IR:Tehran IS:Reykjavik IT:Rome JO:Amman JP:Tokyo KE:Nairobi KG:Bishkek KH:Phnom_Penh KP:Pyongyang
KR:Seoul LA:Vientiane LB:Beirut LI:Vaduz LK:Colombo LR:Monrovia LS:Maseru LT:Vilnius LV:Riga LY:Tripoli MD:Chisinau MG:Antananarivo
ME:Podgorica MK:Skopje ML:Bamako MN:Ulaanbaatar MR:Nouakchott MT:Malta MU:Mauritius MX:Mexico_City MY:Kuala_Lumpur MZ:Maputo NA:Windhoek
NE:Niamey NI:Managua NL:Amsterdam NO:Oslo NP:Katmandu OM:Muscat PE:Lima PG:Port_Moresby PH:Manila PL:Warsaw PT:Lisbon
PY:Asuncion RO:Bucharest RS:Belgrade RU:Moscow RW:Kigali SA:Riyadh SD:Khartoum SE:Stockholm SI:Ljubljana SK:Bratislava
SL:Freetown SN:Dakar SO:Mogadishu SR:Paramaribo SS:Juba SY:Damascus SZ:Mbabane TD:Ndjamena TG:Lome TH:Bangkok TJ:Dushanbe
TL:Dili TM:Ashgabat TN:Tunis TW:Taipei UA:Kiev UG:Kampala UY:Montevideo UZ:Tashkent VE:Caracas ZM:Lusaka ZW:Harare
""".split())  # fmt: skip
# Zones named by the country, not by its capital.
NOT_CAPITALS = {"AD", "BH", "MT", "MU"}

LETTERS = (
    r"[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u200c\u200d'’ʼ\-]"
)
WORD = re.compile(rf"(?:{LETTERS})+")


_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه"})


def fold(text):
    """Roughly what `text::fold` does: enough to see which spellings are the same."""
    text = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in text if not unicodedata.combining(c)).translate(_LETTERS)


def words(text):
    return [word for word in WORD.findall(text) if len(word) >= 2]


def shared_beginning(one, other):
    pairs = list(zip(one, other))
    return next((at for at, (x, y) in enumerate(pairs) if x != y), len(pairs))


class Packages:
    """The four packages under one `node_modules`."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.folder = folder / "node_modules" if (folder / "node_modules").is_dir() else folder
        supplement = "cldr-core/supplemental"
        regions = self.read(f"{supplement}/currencyData.json")["supplemental"]["currencyData"]["region"]
        self.territory_of_currency = {
            code: territory
            for territory, rows in regions.items()
            for row in rows
            for code in row
            if code[:2] == territory
        } | CURRENCIES
        info = self.read(f"{supplement}/territoryInfo.json")["supplemental"]["territoryInfo"]
        likely = self.read(f"{supplement}/likelySubtags.json")["supplemental"]["likelySubtags"]
        self.home_languages = home_languages(info, likely)

    def read(self, path):
        return json.loads((self.folder / path).read_text("utf8"))

    def main(self, package, lang, file):
        return self.read(f"{package}/main/{lang}/{file}.json")["main"][lang]

    def territories(self, lang):
        return self.main("cldr-localenames-full", lang, "territories")["localeDisplayNames"]["territories"]

    def languages(self, lang):
        return self.main("cldr-localenames-full", lang, "languages")["localeDisplayNames"]["languages"]

    def currencies(self, lang):
        return self.main("cldr-numbers-full", lang, "currencies")["numbers"]["currencies"]

    def cities(self, lang):
        """The cities that name time zones, by the last part of the zone's name."""
        zones = self.main("cldr-dates-full", lang, "timeZoneNames")["dates"]["timeZoneNames"].get("zone", {})
        found = {}

        def walk(name, node):
            if isinstance(node, dict):
                if "exemplarCity" in node:
                    found[name] = node["exemplarCity"].replace("\u00ad", "")
                for key, value in node.items():
                    walk(key, value)

        walk("", zones)
        return found


def home_languages(info, likely):
    """Country to the languages at home there and nowhere else, as far as their name is an adjective."""
    official = collections.defaultdict(set)
    for territory, facts in info.items():
        for lang, share in facts.get("languagePopulation", {}).items():
            if share.get("_officialStatus", "").startswith("official"):
                official[territory].add(lang.split("_")[0])
    home = collections.defaultdict(list)
    for lang, full in likely.items():
        territory = full.split("-")[-1]
        if re.fullmatch("[a-z]{2,3}", lang) and (lang in official[territory] or lang in WORLDWIDE):
            home[territory].append(lang)
    home.update(US=[], EG=[], BR=[], GB=[], PT=["pt"])
    return home


class Language:
    """What one language's files say."""

    def __init__(self, packages, lang):
        self.base = lang.split("-")[0]
        self.packages = packages
        self.territories = packages.territories(lang)
        self.languages = packages.languages(lang)
        self.currencies = packages.currencies(lang)
        self.cities = packages.cities(lang)
        owners = collections.defaultdict(set)
        for code, names in self.currency_names():
            for word in words(names):
                owners[fold(word)].add(self.packages.territory_of_currency[code])
        self.owners = owners
        english = {fold(word) for word in words(self.languages.get("en", ""))}
        self.generic = {word for word, countries in owners.items() if len(countries) > 3} | english

    def is_latin(self):
        return unicodedata.name(self.territories["FR"][0], "").startswith("LATIN")

    def capital(self, code):
        """The city of its time zone. CLDR leaves out what is written like the zone."""
        zone = ZONES.get(code)
        if zone is None or code in NOT_CAPITALS:
            return None
        return self.cities.get(zone) or (zone.replace("_", " ") if self.is_latin() else None)

    def currency_names(self):
        for code, names in self.currencies.items():
            if code in self.packages.territory_of_currency:
                for key, name in names.items():
                    if key.startswith("displayName"):
                        yield code, re.sub(r"\([^)]*\)", "", name)

    def bare(self, word):
        """Folded, without the Arabic article."""
        word = fold(word)
        arabic = self.base in ("ar", "fa", "ur") and word.startswith("ال") and len(word) > 4
        return word[2:] if arabic else word

    def names(self, code):
        found = []
        for key, name in self.territories.items():
            if key == code or key.startswith(code + "-alt"):
                if key == code:
                    name = re.sub(r"\s*\(.*?\)", "", name)
                if name != code and name not in found:
                    found.append(name)
        return found

    def adjectives(self, code):
        """Words in the names of its languages, dialects and currencies that begin like its name."""
        if self.base in SPACELESS:
            return []  # They join the name as it is.
        names = self.names(code)
        of_name = [self.bare(word) for name in names for word in words(name)]
        found, of_dialect = {}, []
        dialect = DIALECTS.get(code)
        if dialect in self.languages:
            language = {fold(word) for word in words(self.languages.get(dialect.split("-")[0], ""))} | {"e"}
            later = {fold(word) for name in names for word in words(name)[1:]}
            for word in words(self.languages[dialect]):
                if fold(word) in language | later or len(word) <= 2:
                    continue
                if code not in LIKE_THE_NAME or self.begins_like(word, of_name):
                    found[word] = None
                    of_dialect.append(self.bare(word))
        home = self.packages.home_languages.get(code, [])
        of_language = [self.bare(word) for lang in home for word in words(self.languages.get(lang, ""))]
        for lang in home:
            name = self.languages.get(lang, "")
            for word in words(name):
                near = [shared_beginning(self.bare(word), part) for part in of_name]
                if any(length >= max(2, min(3, len(part) - 1)) for length, part in zip(near, of_name)):
                    found[word] = None
        for currency, name in self.currency_names():
            if self.packages.territory_of_currency[currency] == code:
                for word in words(name):
                    if len(self.owners[fold(word)]) <= 2 and self.begins_like(word, of_name + of_language + of_dialect):
                        found[word] = None
        return [word for word in found if self.is_adjective(word, names) and len(word) >= LETTERS_LEAST.get(code, 5 if word.isascii() else 4)]

    def begins_like(self, word, parts):
        word = self.bare(word)
        for part in parts:
            length, shorter = shared_beginning(word, part), min(len(word), len(part))
            if len(part) >= 2 and length >= max(2, min(4, shorter - 1)) and length * 2 >= shorter:
                return True
        return False

    def is_adjective(self, word, names):
        folded = self.bare(word)
        ends_generic = any(len(part) >= 4 and folded != part and folded.endswith(part) for part in self.generic)
        return not ends_generic and not any(self.is_part(folded, name) for name in names)

    def is_part(self, folded, name):
        """Whether it is a name, or no more than one word of a longer one (Leone, Emirates, New)."""
        return any(part.startswith(folded) if len(words(name)) > 1 else part == folded for part in map(self.bare, words(name)))


def latin_languages(folder):
    """Those of `LANGS` that are written in Latin script."""
    packages = Packages(folder)
    return [lang for lang in LANGS if Language(packages, lang).is_latin()]


def countries(folder):
    """{code: {lang: {"n": [names], "a": [adjectives], "c": [capital]}}}"""
    packages = Packages(folder)
    found = collections.defaultdict(dict)
    english = Language(packages, "en")
    codes = [code for code in english.territories if re.fullmatch("[A-Z]{2}", code) and code not in NO_TERRITORY]
    for lang in LANGS:
        language = Language(packages, lang)
        for code in codes:
            city = language.capital(code)
            adjectives = language.adjectives(code) if code not in NO_PEOPLE else []
            kinds = {"n": language.names(code), "a": adjectives, "c": [city] if city else []}
            kinds = {kind: forms for kind, forms in kinds.items() if forms}
            if kinds:
                found[code][lang] = kinds
    return found
