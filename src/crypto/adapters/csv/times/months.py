"""The months, as the languages of the large sites call them."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping

from crypto.adapters.csv.unreadable import Unclear

_NAMES = """
english: january jan | february feb | march mar | april apr | may | june jun | july jul | august aug |
  september sep sept | october oct | november nov | december dec
german: januar jänner jän | februar feber | märz mär mrz | april | mai | juni | juli | august | september |
  oktober okt | november | dezember dez
french: janvier janv | février févr fév | mars | avril avr | mai | juin | juillet juil | août aoû | septembre
  | octobre | novembre | décembre déc
spanish: enero ene | febrero | marzo | abril abr | mayo | junio | julio | agosto ago | septiembre setiembre
  set | octubre | noviembre | diciembre dic
portuguese: janeiro | fevereiro fev | março | abril | maio mai | junho | julho | agosto | setembro set |
  outubro out | novembro | dezembro dez
italian: gennaio gen | febbraio | marzo | aprile | maggio mag | giugno giu | luglio lug | agosto | settembre
  sett | ottobre ott | novembre | dicembre
dutch: januari | februari | maart mrt | april | mei | juni | juli | augustus | september | oktober | november
  | december
turkish: ocak oca | şubat şub | mart | nisan nis | mayıs | haziran haz | temmuz tem | ağustos ağu | eylül eyl
  | ekim eki | kasım kas | aralık ara
polish: stycznia styczeń sty | lutego luty lut | marca marzec | kwietnia kwiecień kwi | maja maj | czerwca
  czerwiec cze | lipca lipiec lip | sierpnia sierpień sie | września wrzesień wrz | października październik
  paź | listopada listopad lis | grudnia grudzień gru
croatian: siječnja siječanj sij | veljače veljača | ožujka ožujak ožu | travnja travanj tra | svibnja svibanj
  svi | lipnja lipanj lip | srpnja srpanj srp | kolovoza kolovoz kol | rujna rujan ruj | listopada listopad
  lis | studenoga studeni stu | prosinca prosinac pro
russian: января январь янв | февраля февраль фев февр | марта март мар | апреля апрель апр | мая май | июня
  июнь июн | июля июль июл | августа август авг | сентября сентябрь сен сент | октября октябрь окт | ноября
  ноябрь ноя нояб | декабря декабрь дек
"""


def _named() -> Iterator[tuple[str, int]]:
    for language in unicodedata.normalize("NFC", _NAMES).strip().replace("\n  ", " ").splitlines():
        _, _, months = language.partition(":")
        for number, names in enumerate(months.split("|"), start=1):
            yield from ((name, number) for name in names.split())


def _sure() -> Mapping[str, int]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for name, number in _named():
        found[name].add(number)
    return {name: next(iter(numbers)) for name, numbers in found.items() if len(numbers) == 1}


MONTHS = _sure()
"""A name, in small letters -> its month; what is one month here and another there (listopad) is none."""


def month(name: str) -> int:
    """The number of a month by its name in one of several languages: `Jan`, `janv`, `января`.

    :raises Unclear: when no month is called so, or two are.
    """
    number = MONTHS.get(name.lower())
    if number is None:
        raise Unclear(f"{name} is not the name of one month in all languages that are known")
    return number
