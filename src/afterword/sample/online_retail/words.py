"""Their words, our words."""

from __future__ import annotations

HOME_ZONE = "Europe/London"  # time stamps carry no zone: they are the shop's local time
# Country as written → ISO code, the zone of most who live there, the language a letter is written in.
COUNTRIES = {
    "United Kingdom": ("GB", "Europe/London", "en"),
    "Germany": ("DE", "Europe/Berlin", "en"),
    "France": ("FR", "Europe/Paris", "en"),
    "EIRE": ("IE", "Europe/Dublin", "en"),
    "Spain": ("ES", "Europe/Madrid", "en"),
    "Netherlands": ("NL", "Europe/Amsterdam", "en"),
    "Belgium": ("BE", "Europe/Brussels", "en"),
    "Switzerland": ("CH", "Europe/Zurich", "en"),
    "Portugal": ("PT", "Europe/Lisbon", "en"),
    "Australia": ("AU", "Australia/Sydney", "en"),
    "Norway": ("NO", "Europe/Oslo", "en"),
    "Italy": ("IT", "Europe/Rome", "en"),
    "Channel Islands": ("JE", "Europe/Jersey", "en"),
    "Finland": ("FI", "Europe/Helsinki", "en"),
    "Cyprus": ("CY", "Asia/Nicosia", "en"),
    "Sweden": ("SE", "Europe/Stockholm", "en"),
    "Austria": ("AT", "Europe/Vienna", "en"),
    "Denmark": ("DK", "Europe/Copenhagen", "en"),
    "Japan": ("JP", "Asia/Tokyo", "en"),
    "Poland": ("PL", "Europe/Warsaw", "en"),
    "Israel": ("IL", "Asia/Jerusalem", "en"),
    "USA": ("US", "America/New_York", "en"),
    "Singapore": ("SG", "Asia/Singapore", "en"),
    "Iceland": ("IS", "Atlantic/Reykjavik", "en"),
    "Canada": ("CA", "America/Toronto", "en"),
    "Greece": ("GR", "Europe/Athens", "en"),
    "Malta": ("MT", "Europe/Malta", "en"),
    "United Arab Emirates": ("AE", "Asia/Dubai", "en"),
    "Lebanon": ("LB", "Asia/Beirut", "en"),
    "Lithuania": ("LT", "Europe/Vilnius", "en"),
    "Brazil": ("BR", "America/Sao_Paulo", "pt-BR"),
    "Czech Republic": ("CZ", "Europe/Prague", "en"),
    "Bahrain": ("BH", "Asia/Bahrain", "en"),
    "Saudi Arabia": ("SA", "Asia/Riyadh", "en"),
    "RSA": ("ZA", "Africa/Johannesburg", "en"),
    "Hong Kong": ("HK", "Asia/Hong_Kong", "en"),
}
ELSEWHERE = ("", HOME_ZONE, "en")
# Stock codes that are no goods: postage, fees, samples, corrections by hand.
NO_GOODS = frozenset({"POST", "D", "M", "C2", "CRUK", "DOT", "BANK CHARGES", "PADS", "S", "AMAZONFEE", "B"})
POSTAGE = frozenset({"POST", "C2", "DOT"})
