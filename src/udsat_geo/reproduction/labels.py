"""Short names of what the report measures, and of where it says so."""

from __future__ import annotations

from udsat_geo.reproduction.checks import Words

CRITERIA: dict[str, Words] = {
    "dwelling_area": Words("boligareal pr. beboer", "dwelling area per resident"),
    "outside_labour_market": Words("uden for arbejdsmarkedet", "outside the labour market"),
    "low_income": Words("lav indkomst", "low income"),
    "non_western_origin": Words("ikke-vestlig herkomst", "non-western origin"),
    "no_education": Words("uden uddannelse", "without education"),
}
WORSE_LOW = ("dwelling_area",)
"""Criteria of which less is worse."""

TENURES: dict[str, Words] = {
    "owner_occupied": Words("ejerboliger", "owner-occupied"),
    "private_rental": Words("private udlejningsboliger", "private rental"),
    "cooperative": Words("andelsboliger", "cooperative"),
    "social_housing": Words("almene boliger", "social housing"),
    "public": Words("kommunale eller statslige boliger", "public"),
}

PLACES: dict[str, Words] = {
    "areas": Words("områderne", "the areas"),
    "rest_of_city": Words("resten af byen", "rest of the city"),
    "city": Words("byen", "the city"),
}

INDICATORS: dict[str, Words] = {
    "1.1": Words("karakterer i 9. klasse", "marks in 9th grade"),
    "2.1": Words("varslede udsættelser", "announced evictions"),
    "3.1": Words("middellevetid", "life expectancy"),
    "3.2": Words("leveår uden langvarig sygdom", "years without long-term illness"),
    "3.3": Words("leveår uden funktionsnedsættelse", "years without impairment"),
    "4.1": Words("sproglige vanskeligheder før 0. klasse", "language difficulties before grade 0"),
    "5.1": Words("mindreårige fremstillet i grundlovsforhør", "minors brought before a judge"),
    "6.1": Words("over 30 år på midlertidig forsørgelse", "over 30 on temporary benefits"),
    "7.1": Words("2-årige i dagtilbud", "two-year-olds in day care"),
    "8.1": Words("unge, der oplever diskrimination", "young people who experience discrimination"),
    "9.1": Words("i gang med ungdomsuddannelse", "in upper secondary education"),
    "9.2": Words("unge på uddannelseshjælp", "young people on education benefit"),
    "10.1": Words("finder området levende", "find their area lively"),
    "10.2": Words("finder området rent", "find their area clean"),
    "11.1": Words("fremmøder i FerieCamp", "FerieCamp attendances"),
    "11.2": Words("guidninger hos FritidsGuiderne", "guidings by FritidsGuiderne"),
    "11.3": Words("medlemmer i Sociale Partnerskaber", "members in Sociale Partnerskaber"),
    "11.4": Words("børn aktive i kultur og fritid", "children active in culture and leisure"),
    "12.1": Words("utrygge i nabolaget", "unsafe in the neighbourhood"),
    "12.2": Words("utrygge om aftenen og natten", "unsafe in the evening and at night"),
    "13.1": Words("kan involvere sig lokalt", "can get involved locally"),
    "14.1": Words("unge, der oplever social kontrol", "young people who experience social control"),
    "15.1": Words("valgdeltagelse", "turnout"),
    "16.1": Words("overgange pr. km barriere", "crossings per km of barrier"),
    "17.1": Words("private boliger", "private dwellings"),
    "18.1": Words("boliger uden toilet eller bad", "dwellings without toilet or bath"),
    "18.2": Words("boliger uden fjernvarme", "dwellings without district heating"),
    "18.3": Words("støjbelastede boliger", "dwellings exposed to noise"),
    "18.4": Words("boliger med energimærke D-G", "dwellings with energy label D-G"),
    "18.5": Words("gårdhaver, der ikke er renoveret", "courtyards not renovated"),
}
"""By goal and position of the indicator in it."""

CONCLUSION = Words("Tekst, Konklusion", "Text, Conclusion")
COVER = Words("Tekst, indledende bilag", "Text, cover note")
APPROACHES = Words("Tekst, de tre tilgange", "Text, the three approaches")
UPDATE = Words("Tekst, opdatering af områderne", "Text, update of the areas")
APPENDIX_2 = Words("Bilag 2", "Appendix 2")


def table(number: int) -> Words:
    """A table of the report; goals have the tables 4 to 21, in their order."""
    return Words(f"Tabel {number}", f"Table {number}")


def text_at(place: Words) -> Words:
    """The text about a table or a goal."""
    return Words(f"Tekst, {place.da}", f"Text, {place.en}")


def goal(number: int) -> Words:
    """A goal's section."""
    return Words(f"Mål {number}", f"Goal {number}")


def appendix_3(number: int) -> Words:
    """A goal's row in Bilag 3, the figures of the updated areas."""
    return Words(f"Bilag 3, mål {number}", f"Appendix 3, goal {number}")


def joined(*parts: Words | str) -> Words:
    """Several texts with commas between; plain text is the same in both languages."""
    both = [part if isinstance(part, Words) else Words(part, part) for part in parts]
    return Words(", ".join(part.da for part in both), ", ".join(part.en for part in both))
