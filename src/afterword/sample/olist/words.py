"""Their words, our words."""

from __future__ import annotations

# Time stamps carry no zone: they are local times of the customer's state.
ZONES = {
    "AC": "America/Rio_Branco", "AL": "America/Maceio", "AM": "America/Manaus", "AP": "America/Belem", "BA": "America/Bahia",
    "CE": "America/Fortaleza", "DF": "America/Sao_Paulo", "ES": "America/Sao_Paulo", "GO": "America/Sao_Paulo", "MA": "America/Fortaleza",
    "MG": "America/Sao_Paulo", "MS": "America/Campo_Grande", "MT": "America/Cuiaba", "PA": "America/Belem", "PB": "America/Fortaleza",
    "PE": "America/Recife", "PI": "America/Fortaleza", "PR": "America/Sao_Paulo", "RJ": "America/Sao_Paulo", "RN": "America/Fortaleza",
    "RO": "America/Porto_Velho", "RR": "America/Boa_Vista", "RS": "America/Sao_Paulo", "SC": "America/Sao_Paulo", "SE": "America/Maceio",
    "SP": "America/Sao_Paulo", "TO": "America/Araguaina",
}  # fmt: skip
HOME_ZONE = "America/Sao_Paulo"
# Categories that are used up, and for how many days a customer is served by one of them; everything else lasts.
CONSUMED = {
    "beleza_saude": 45,
    "perfumaria": 60,
    "alimentos": 30,
    "alimentos_bebidas": 30,
    "bebidas": 30,
    "fraldas_higiene": 30,
    "pet_shop": 40,
}
PAYMENTS = {"credit_card": "card", "debit_card": "card", "boleto": "boleto", "voucher": "voucher"}
