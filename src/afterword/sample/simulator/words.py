"""The shop's goods and the people of six countries' words for them."""

from __future__ import annotations

from .types import Country, Product, Town

LANGUAGES = ("en", "ro", "uk", "ko", "th", "pt-BR")

# Each of these is (English, Romanian, Ukrainian, Korean, Thai, Portuguese).
BEANS = (
    "{}, whole beans, 250 g",
    "{}, boabe, 250 g",
    "{}, у зернах, 250 г",
    "{}, 원두 250 g",
    "{} เมล็ดกาแฟ 250 กรัม",
    "{}, em grãos, 250 g",
)
COFFEES: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("yirgacheffe", 1950, ("Yirgacheffe", "Yirgacheffe", "Їргачефе", "예가체프", "เยอร์กาเชฟเฟ", "Yirgacheffe")),
    ("sidamo", 1750, ("Sidamo", "Sidamo", "Сідамо", "시다모", "ซิดาโม", "Sidamo")),
    ("huila", 1650, ("Huila", "Huila", "Уїла", "우일라", "อุยลา", "Huila")),
    ("antigua", 1690, ("Antigua", "Antigua", "Антигуа", "안티구아", "แอนติกา", "Antigua")),
    ("cerrado", 1490, ("Cerrado", "Cerrado", "Серрадо", "세하도", "เซร์ราโด", "Cerrado")),
    ("nyeri", 2150, ("Nyeri", "Nyeri", "Н’єрі", "니에리", "เนียรี", "Nyeri")),
    ("tarrazu", 1790, ("Tarrazú", "Tarrazú", "Таррасу", "따라주", "ตาราซู", "Tarrazú")),
    ("doi-chang", 1820, ("Doi Chang", "Doi Chang", "Дой Чанг", "도이창", "ดอยช้าง", "Doi Chang")),
    ("mandheling", 1680, ("Mandheling", "Mandheling", "Манделінг", "만델링", "แมนเดลิง", "Mandheling")),
    (
        "workshop-espresso",
        1540,
        (
            "Workshop espresso",
            "Espresso-ul atelierului",
            "Еспресо майстерні",
            "공방 에스프레소",
            "เอสเพรสโซประจำร้าน",
            "Espresso da oficina",
        ),
    ),
    ("winter-roast", 1720, ("Winter roast", "Prăjire de iarnă", "Зимове обсмаження", "겨울 로스팅", "คั่วฤดูหนาว", "Torra de inverno")),
    ("night-decaf", 1620, ("Night decaf", "Decaf de noapte", "Нічний без кофеїну", "밤의 디카페인", "ดีแคฟยามค่ำ", "Descafeinado da noite")),
)
REFILLS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    (
        "paper-filters",
        690,
        60,
        (
            "Paper filters, 100",
            "Filtre de hârtie, 100",
            "Паперові фільтри, 100 шт.",
            "종이 필터 100매",
            "กระดาษกรอง 100 แผ่น",
            "Filtros de papel, 100",
        ),
    ),
    (
        "cleaning-tablets",
        980,
        75,
        (
            "Cleaning tablets, 30",
            "Tablete de curățat, 30",
            "Таблетки для чищення, 30",
            "세정 정제 30개",
            "เม็ดทำความสะอาด 30 เม็ด",
            "Pastilhas de limpeza, 30",
        ),
    ),
    (
        "cascara",
        1150,
        35,
        (
            "Cascara tea, 150 g",
            "Ceai de cascara, 150 g",
            "Чай каскара, 150 г",
            "카스카라 차 150 g",
            "ชาคาสคารา 150 กรัม",
            "Chá de cáscara, 150 g",
        ),
    ),
    (
        "drip-bags",
        1390,
        12,
        ("Drip bags, 12", "Plicuri de filtru, 12", "Дрип-пакети, 12", "드립백 12개", "ดริปแบ็ก 12 ซอง", "Drip coffee, 12 unidades"),
    ),
)
FORMS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("mug", 3800, ("Mug “{}”", "Cană „{}”", "Горнятко «{}»", "머그 ‘{}’", "ถ้วย “{}”", "Caneca “{}”")),
    (
        "espresso-cup",
        2600,
        (
            "Espresso cup “{}”",
            "Ceașcă „{}”",
            "Чашка для еспресо «{}»",
            "에스프레소 잔 ‘{}’",
            "ถ้วยเอสเพรสโซ “{}”",
            "Xícara de espresso “{}”",
        ),
    ),
    ("bowl", 4400, ("Bowl “{}”", "Bol „{}”", "Миска «{}»", "그릇 ‘{}’", "ชาม “{}”", "Tigela “{}”")),
    ("plate", 3900, ("Plate “{}”", "Farfurie „{}”", "Тарілка «{}»", "접시 ‘{}’", "จาน “{}”", "Prato “{}”")),
    ("jug", 6200, ("Jug “{}”", "Ulcior „{}”", "Глечик «{}»", "저그 ‘{}’", "เหยือก “{}”", "Jarra “{}”")),
    ("dripper", 4800, ("Dripper “{}”", "Con de filtrare „{}”", "Дрипер «{}»", "드리퍼 ‘{}’", "ดริปเปอร์ “{}”", "Coador “{}”")),
)
GLAZES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("snail-hill", ("Snail Hill", "Dealul Melcilor", "Равликовий пагорб", "달팽이 언덕", "เนินหอยทาก", "Colina dos Caracóis")),
    ("river-clay", ("River Clay", "Lut de râu", "Річкова глина", "강 흙", "ดินริมน้ำ", "Barro do Rio")),
    ("first-snow", ("First Snow", "Prima zăpadă", "Перший сніг", "첫눈", "หิมะแรก", "Primeira Neve")),
)
TOOLS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("hand-grinder", 8900, ("Hand grinder", "Râșniță manuală", "Ручний млинок", "핸드 그라인더", "เครื่องบดมือ", "Moedor manual")),
    (
        "kettle",
        7400,
        ("Gooseneck kettle", "Ibric cu gât de lebădă", "Чайник із тонким носиком", "구스넥 주전자", "กาดริปคอห่าน", "Chaleira bico de ganso"),
    ),
    ("scale", 5600, ("Coffee scale", "Cântar pentru cafea", "Кавові ваги", "커피 저울", "ตาชั่งกาแฟ", "Balança para café")),
)
VISITS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    (
        "wheel-workshop",
        6500,
        (
            "An afternoon at the potter’s wheel",
            "O după-amiază la roata olarului",
            "Пообіддя за гончарним колом",
            "물레 체험 오후반",
            "บ่ายวันปั้นดิน",
            "Uma tarde no torno de oleiro",
        ),
    ),
    (
        "cupping",
        2900,
        (
            "Coffee cupping evening",
            "Seară de degustare",
            "Вечір кавової дегустації",
            "커핑 저녁 모임",
            "ค่ำคืนชิมกาแฟ",
            "Noite de degustação de café",
        ),
    ),
    (
        "latte-art",
        4900,
        (
            "Latte art, a first lesson",
            "Latte art, prima lecție",
            "Лате-арт, перший урок",
            "라테 아트 첫 수업",
            "ลาเต้อาร์ตบทเรียนแรก",
            "Latte art, primeira aula",
        ),
    ),
)


def _titles(words: tuple[str, ...], pattern: tuple[str, ...] = ("{}",) * 6) -> dict[str, str]:
    return {language: pattern[i].format(words[i]) for i, language in enumerate(LANGUAGES)}


def _glazed(form: tuple[str, ...], glaze: tuple[str, ...]) -> dict[str, str]:
    return {language: form[i].format(glaze[i]) for i, language in enumerate(LANGUAGES)}


COFFEE = tuple(Product(f"coffee-{key}", "coffee", _titles(names, BEANS), price, "consumable", 25) for key, price, names in COFFEES)
REFILL = tuple(Product(key, "refills", _titles(names), price, "consumable", days) for key, price, days, names in REFILLS)
CERAMICS = tuple(
    Product(f"{form}-{glaze}", "ceramics", _glazed(shape, name), price, "durable") for form, price, shape in FORMS for glaze, name in GLAZES
)
TOOL = tuple(Product(key, "tools", _titles(names), price, "durable") for key, price, names in TOOLS)
VISIT = tuple(Product(key, "workshop", _titles(names), price, "experience") for key, price, names in VISITS)
PRODUCTS = (*COFFEE, *REFILL, *CERAMICS, *TOOL, *VISIT)


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`Олена=olena Марія=mariia` → pairs; a name without `=` is its own Latin form."""
    plain = str.maketrans("ăâîșțáãçéíóõúü", "aaistaaceioouu")
    pairs = (word.partition("=") for word in text.split())
    return tuple((name, latin or name.lower().translate(plain).replace("'", "")) for name, _, latin in pairs)


def _towns(*given: tuple[str, str, str]) -> tuple[Town, ...]:
    return tuple(Town(*one) for one in given)


COUNTRIES = (
    Country(
        "RO",
        0.40,
        "ro",
        _pairs("Ioana Andrei Ana Mihai Elena Radu Maria Ștefan=stefan Anca Vlad Cristina Dan Raluca Bogdan Ilinca Matei Teodora Sorin"),
        _pairs("Popescu Mureșan Ionescu Dumitru Stan Pop Rusu Moldovan Lazăr Șerban=serban Ciobanu Vasilescu Toma Neagu Marin Dobre"),
        False,
        _towns(
            ("Cluj-Napoca", "Europe/Bucharest", "400112"),
            ("București", "Europe/Bucharest", "010061"),
            ("Timișoara", "Europe/Bucharest", "300054"),
            ("Iași", "Europe/Bucharest", "700028"),
            ("Brașov", "Europe/Bucharest", "500030"),
        ),
        ("Strada Matei Corvin", "Strada Avram Iancu", "Bulevardul Eroilor", "Strada Horea", "Strada Lungă"),
        ("Sameday", "FAN Courier"),
        (2, 6),
        490,
    ),
    Country(
        "GB",
        0.13,
        "en",
        _pairs("Olivia George Amelia Harry Isla Jack Ava Noah Freya Oscar Poppy Arthur Zara Tom Ruby Owen"),
        _pairs("Smith Jones Taylor Brown Wilson Evans Walker Khan Patel Wright Hughes Green Clarke O'Neill"),
        False,
        _towns(("London", "Europe/London", "E2 8DP"), ("Manchester", "Europe/London", "M4 1HQ"), ("Edinburgh", "Europe/London", "EH1 2NG")),
        ("Church Lane", "Victoria Road", "Mill Street", "Station Road"),
        ("Royal Mail", "Evri"),
        (4, 9),
        990,
    ),
    Country(
        "US",
        0.10,
        "en",
        _pairs("Emma Liam Sophia Mason Ella Lucas Grace Henry Maya Leo Nora Eli Chloe Miles"),
        _pairs("Johnson Williams Garcia Miller Davis Nguyen Martinez Anderson Lee Thompson Rivera Cooper"),
        False,
        _towns(
            ("New York", "America/New_York", "10013"),
            ("Chicago", "America/Chicago", "60607"),
            ("Portland", "America/Los_Angeles", "97205"),
            ("Austin", "America/Chicago", "78704"),
        ),
        ("Maple Avenue", "2nd Street", "Oak Street", "Lincoln Road"),
        ("USPS", "UPS"),
        (6, 13),
        1490,
    ),
    Country(
        "UA",
        0.12,
        "uk",
        _pairs(
            "Оксана=oksana Андрій=andrii Олена=olena Тарас=taras Марія=mariia Богдан=bohdan Ірина=iryna Дмитро=dmytro "
            "Наталія=nataliia Юрій=yurii Соломія=solomiia Максим=maksym"
        ),
        _pairs(
            "Шевчук=shevchuk Коваленко=kovalenko Бондар=bondar Мельник=melnyk Ткаченко=tkachenko Кравець=kravets "
            "Савчук=savchuk Лисенко=lysenko Гончар=honchar Поліщук=polishchuk"
        ),
        False,
        _towns(
            ("Київ", "Europe/Kyiv", "01001"),
            ("Львів", "Europe/Kyiv", "79000"),
            ("Одеса", "Europe/Kyiv", "65000"),
            ("Чернівці", "Europe/Kyiv", "58000"),
        ),
        ("вулиця Шевченка", "вулиця Франка", "вулиця Садова", "проспект Свободи"),
        ("Nova Poshta", "Ukrposhta"),
        (4, 9),
        790,
    ),
    Country(
        "KR",
        0.10,
        "ko",
        _pairs(
            "서연=seoyeon 민준=minjun 지우=jiwoo 도윤=doyun 하은=haeun 예준=yejun 수아=sua 시우=siwoo 지민=jimin 현우=hyunwoo 유나=yuna"
        ),
        _pairs("김=kim 이=lee 박=park 최=choi 정=jung 강=kang 조=cho 윤=yoon 장=jang 임=lim 한=han"),
        True,
        _towns(
            ("서울", "Asia/Seoul", "04524"),
            ("부산", "Asia/Seoul", "48058"),
            ("대구", "Asia/Seoul", "41911"),
            ("제주", "Asia/Seoul", "63122"),
        ),
        ("세종대로", "강남대로", "중앙로", "동성로"),
        ("CJ Logistics", "Hanjin"),
        (6, 13),
        1690,
    ),
    Country(
        "TH",
        0.07,
        "th",
        _pairs("สมชาย=somchai กานดา=kanda ณัฐ=nat พิมพ์=pim อนันต์=anan มาลี=malee ธีระ=teera ดาว=dao วิชัย=wichai นภา=napa"),
        _pairs("ศรีสุข=srisuk แสงทอง=saengthong วงศ์ไทย=wongthai ใจดี=jaidee บุญมี=boonmee ทองดี=thongdee สุขใจ=sukjai รุ่งเรือง=rungrueang"),
        False,
        _towns(("กรุงเทพฯ", "Asia/Bangkok", "10110"), ("เชียงใหม่", "Asia/Bangkok", "50200"), ("ขอนแก่น", "Asia/Bangkok", "40000")),
        ("ถนนสุขุมวิท", "ถนนนิมมานเหมินท์", "ถนนเจริญกรุง"),
        ("Thailand Post", "Kerry Express"),
        (6, 14),
        1690,
    ),
    Country(
        "BR",
        0.08,
        "pt-BR",
        _pairs("Beatriz João Larissa Pedro Camila Lucas Mariana Rafael Júlia Thiago Letícia Gustavo"),
        _pairs("Silva Santos Oliveira Souza Lima Pereira Costa Almeida Ferreira Ribeiro Carvalho Araújo"),
        False,
        _towns(
            ("São Paulo", "America/Sao_Paulo", "01310-100"),
            ("Recife", "America/Recife", "50030-230"),
            ("Porto Alegre", "America/Sao_Paulo", "90010-150"),
            ("Belo Horizonte", "America/Sao_Paulo", "30130-010"),
        ),
        ("Rua das Laranjeiras", "Avenida Paulista", "Rua da Aurora", "Rua Sete de Setembro"),
        ("Correios", "Jadlog"),
        (8, 18),
        1890,
    ),
)

# What people write, by language: (of a good score, of a middling one, of a bad one).
COMMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "en": (("Lovely, and packed with real care.", "My new favourite morning.", "Smells of somebody who means it."),
           ("Good, though the box was a little dented.", "Fine for the price."),
           ("It came far too late for the birthday.", "Nobody told me where my parcel was.")),
    "ro": (("Superb, împachetat cu grijă.", "Cea mai bună cafea din ultima vreme.", "Cana e și mai frumoasă decât în poză."),
           ("Bun, dar cutia a venit puțin turtită.", "E în regulă."),
           ("A venit mult prea târziu.", "Nu am știut zile la rând unde e coletul.")),
    "uk": (("Дуже гарно, і запаковано з турботою.", "Найкраща кава цієї осені.", "Горнятко ще гарніше, ніж на фото."),
           ("Добре, хоча коробка трохи пом’ята.", "Непогано."),
           ("Прийшло надто пізно.", "Кілька днів не знала, де посилка.")),
    "ko": (("포장이 정말 꼼꼼해요.", "향이 아주 좋아요.", "사진보다 더 예뻐요."),
           ("좋은데 상자가 조금 찌그러졌어요.", "무난해요."),
           ("너무 늦게 왔어요.", "택배가 어디 있는지 알 수 없었어요.")),
    "th": (("ห่อมาอย่างดี สวยมากค่ะ", "กาแฟหอมมาก", "สวยกว่าในรูปอีก"),
           ("ดีครับ แต่กล่องบุบนิดหน่อย", "ก็โอเคค่ะ"),
           ("มาช้ามาก", "ไม่รู้เลยว่าพัสดุอยู่ที่ไหน")),
    "pt-BR": (("Lindo, e embalado com carinho.", "O melhor café dos últimos tempos.", "Ainda mais bonito que na foto."),
              ("Bom, mas a caixa veio amassada.", "Ok pelo preço."),
              ("Chegou tarde demais.", "Fiquei dias sem saber onde estava o pacote.")),
}  # fmt: skip
PLACES = ("Cluj-Napoca", "Oradea", "Budapest", "Wien", "Frankfurt", "Leipzig", "Liège")
