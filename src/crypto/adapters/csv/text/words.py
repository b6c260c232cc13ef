"""What columns are called where people do not write English: German, Spanish, Portuguese, French, Italian, Dutch,
Turkish, Polish, Russian, Japanese, Korean and Chinese."""

from crypto.adapters.csv.text.names import plain_name


def _plain(*words: str) -> tuple[str, ...]:
    """Each once, as names are compared."""
    return tuple(dict.fromkeys(map(plain_name, words)))


DATES = _plain(
    "Datum", "Fecha", "Data", "Jour", "Giorno", "Dia", "Día", "Tarih", "Дата", "День", "日付", "日付け",
    "날짜", "일자", "日期",
)  # fmt: skip

TIMES = _plain(
    "Zeitstempel", "Zeitpunkt", "Fecha y hora", "Data e hora", "Horodatage", "Date et heure", "Data e ora",
    "Tijdstip", "Zaman", "Data i czas", "Дата и время", "Время", "日時", "일시", "时间", "時間",
)  # fmt: skip

CLOSES = _plain(
    "Schlusskurs", "Schluss", "Zuletzt", "Último", "Cierre", "Cerrar", "Fechamento", "Fecho", "Clôture",
    "Fermeture", "Dernier", "Chiusura", "Ultimo", "Slotkoers", "Laatste", "Kapanış", "Şimdi", "Zamknięcie",
    "Zamkniecie", "Ostatnio", "Закрытие", "Закр.", "終値", "종가", "收盘", "收盤", "收盘价", "收盤價",
)  # fmt: skip

PRICES = _plain(
    "Kurs", "Preis", "Precio", "Preço", "Cotação", "Cotización", "Prix", "Cours", "Prezzo", "Prijs",
    "Koers", "Fiyat", "Cena", "Цена", "Курс", "価格", "가격", "价格", "價格",
)  # fmt: skip

OPENS = _plain(
    "Eröffnung", "Eröffnungskurs", "Eröffn.", "Apertura", "Abertura", "Ouverture", "Ouv.", "Opening",
    "Açılış", "Otwarcie", "Открытие", "Откр.", "始値", "시가", "开盘", "開盤", "开盘价", "開盤價",
)  # fmt: skip

HIGHS = _plain(
    "Hoch", "Tageshoch", "Höchst", "Höchstkurs", "Máximo", "Máxima", "Alto", "Max.", "Plus Haut",
    "Plus_Haut", "Haut", "Massimo", "Hoog", "Hoogste", "Yüksek", "Najwyższy", "Najwyzszy", "Максимум",
    "Макс.", "高値", "고가", "高", "最高", "最高价", "最高價",
)  # fmt: skip

LOWS = _plain(
    "Tief", "Tagestief", "Tiefst", "Tiefstkurs", "Mínimo", "Mínima", "Bajo", "Min.", "Plus Bas", "Bas",
    "Minimo", "Laag", "Laagste", "Düşük", "Najniższy", "Najnizszy", "Минимум", "Мин.", "安値", "저가", "低",
    "最低", "最低价", "最低價",
)  # fmt: skip

VOLUMES = _plain(
    "Volumen", "Umsatz", "Handelsvolumen", "Volume Negociado", "Hacim", "Hac.", "Wolumen", "Wol.", "Объём",
    "Объем", "出来高", "거래량", "交易量", "成交量",
)  # fmt: skip

MARKET_CAPS = _plain(
    "Marktkapitalisierung", "Capitalización", "Capitalización de mercado", "Cap. de mercado",
    "Capitalização", "Capitalização de mercado", "Capitalisation", "Capitalisation boursière",
    "Cap. boursière", "Capitalizzazione", "Capitalizzazione di mercato", "Marktkapitalisatie",
    "Piyasa Değeri", "Kapitalizacja", "Kapitalizacja rynkowa", "Капитализация", "Рыночная капитализация",
    "時価総額", "시가총액", "市值",
)  # fmt: skip

NAMES = _plain(
    "Bezeichnung", "Nombre", "Moneda", "Nome", "Moeda", "Nom", "Naam", "İsim", "Nazwa", "Название", "名称",
    "名前", "이름", "名稱",
)  # fmt: skip

SYMBOLS = _plain(
    "Kürzel", "Símbolo", "Symbole", "Simbolo", "Symbool", "Sembol", "Символ", "シンボル", "심볼", "代码",
)  # fmt: skip
