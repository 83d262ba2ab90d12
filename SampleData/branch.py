# SPDX-License-Identifier: Apache-2.0
"""The made-up branch: its tree, its meters, and what each of them measured.

Everything is integer arithmetic over a seeded mix of numbers, so every run makes the same branch.
"""

from dataclasses import dataclass
from datetime import date, timedelta

FIRST = date(2026, 9, 1)      # contracts start; the first day of interval readings
LAST = date(2026, 10, 3)      # the last day of readings
AS_OF = date(2026, 10, 4)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
FREEZES = [FIRST - timedelta(days=1)] + DAYS   # frozen at 24:00, so the eve of FIRST opens it
SLOTS = 96

# Turpan's periods in September and October, by hour of Beijing time: no sharp, no deep valley.
PERIODS = "ffff" "vvvv" "ppp" "ff" "vvvv" "ff" "ppppp"

HOUSEHOLD = [48, 42, 38, 36, 36, 42, 70, 105, 98, 82, 78, 92,
             120, 110, 84, 78, 86, 112, 160, 205, 212, 190, 142, 84]
COMMERCE = [38, 36, 35, 35, 36, 40, 52, 80, 128, 158, 166, 168,
            160, 158, 162, 164, 160, 152, 140, 128, 110, 84, 58, 52]
INDUSTRY = [88, 86, 85, 84, 86, 90, 98, 108, 114, 116, 116, 110,
            98, 104, 114, 116, 114, 110, 104, 100, 98, 96, 90, 85]
SUN = [0, 0, 0, 0, 0, 0, 40, 120, 200, 260, 300, 330,
       340, 330, 300, 240, 150, 60, 0, 0, 0, 0, 0, 0]

PLANTS = [
    ("火焰山水泥厂", "Flaming Mountain Cement"), ("葡萄沟果业", "Grape Valley Fruit"),
    ("交河机械厂", "Jiaohe Machine Works"), ("高昌纺织厂", "Gaochang Textile Mill"),
    ("艾丁湖盐化", "Aiding Lake Salt"), ("坎儿井泵站", "Karez Pumping Station"),
    ("沙漠石材厂", "Desert Stone Works"), ("托克逊铸造厂", "Toksun Foundry"),
    ("鄯善冷库", "Shanshan Cold Store"), ("红柳建材", "Red Willow Building Materials"),
    ("戈壁玻璃厂", "Gobi Glass Works"), ("西域酒庄", "Western Regions Winery"),
]
SHOPS = [
    ("老城巴扎", "Old Town Bazaar"), ("绿洲宾馆", "Oasis Hotel"), ("晨光超市", "Dawn Supermarket"),
    ("丝路餐厅", "Silk Road Restaurant"), ("青年路医院", "Youth Road Hospital"),
    ("文化路小学", "Culture Road School"), ("新城影院", "New Town Cinema"),
    ("东环加油站", "East Ring Filling Station"),
]


def mix(*numbers):
    """A number that looks random and depends on its arguments only (SplitMix64's finalizer)."""
    bits = 0
    for number in numbers:
        bits = (bits ^ number) * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019 & (1 << 64) - 1
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & (1 << 64) - 1
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & (1 << 64) - 1
        bits ^= bits >> 31
    return bits


@dataclass(frozen=True)
class Meter:
    number: int
    kind: str            # household, commerce, industry, nem12
    feeder: int          # 1 to 6
    multiplier: int
    name: str

    @property
    def id(self): return f"M{self.number:08}"
    @property
    def point(self): return f"SP{self.number:08}"
    @property
    def contract(self): return f"K{self.number:08}"
    @property
    def customer(self): return f"C{self.number:08}"
    @property
    def terminal(self): return f"T{self.feeder:04}"
    @property
    def transformer(self): return f"TX{self.feeder:02}{self.number % 2 + 1}"
    @property
    def suffixes(self):
        """The NEM12 streams: a third have reactive energy or solar export besides."""
        return {0: ["E1", "Q1"], 3: ["E1", "B1"]}.get(self.number % 6, ["E1"])


def make_meters():
    meters = []
    for index in range(168):
        feeder = index // 42 + 1
        meters.append(Meter(index + 1, "household", feeder, 1,
                            f"葡萄沟社区{index + 1:03}户 Putaogou household {index + 1:03}"))
    for index, (chinese, english) in enumerate(PLANTS):
        # The pumping station draws more than the 1 250 kW of its contract.
        ratio = 240 if index == 5 else [40, 60, 80, 120][mix(7, index) % 4]
        meters.append(Meter(169 + index, "industry", 5, ratio, f"{chinese} {english}"))
    for index, (chinese, english) in enumerate(SHOPS):
        meters.append(Meter(181 + index, "commerce", 5, 1, f"{chinese} {english}"))
    for index in range(12):
        meters.append(Meter(189 + index, "nem12", 6, 1, f"Sample house {index + 1:02}"))
    return meters


METERS = make_meters()

# One household's meter is exchanged in the middle of the month; the new one is meter 201.
EXCHANGED = METERS[29]
SUCCESSOR = Meter(201, "household", EXCHANGED.feeder, 1, EXCHANGED.name)
EXCHANGE_DAY = date(2026, 9, 16)
EXCHANGE_AT = "2026-09-16T10:00:00+08:00"


def slots(shape, average, *seed):
    """One day of 96 values around an average, in thousandths."""
    level = average * (192 + mix(*seed) % 128)
    values = []
    for slot in range(SLOTS):
        hour, quarter = divmod(slot, 4)
        shaped = shape[hour] * (4 - quarter) + shape[(hour + 1) % 24] * quarter
        noise = 224 + mix(*seed, slot) % 64
        values.append(level * shaped * noise // (4 * 100 * 256 * 256))
    return values


def intervals(meter, day, stream="kwh"):
    """The quarter hours of a meter's day, in thousandths, multiplier not applied."""
    ordinal = day.toordinal()
    size = mix(1, meter.number) % 1000
    if meter.kind == "industry":
        values = slots(INDUSTRY, 300 + size * 900 // 1000, 2, meter.number, ordinal)
    elif meter.kind == "commerce":
        values = slots(COMMERCE, 900 + size * 2000 // 1000, 3, meter.number, ordinal)
    else:
        values = slots(HOUSEHOLD, 60 + size * 150 // 1000, 4, meter.number, ordinal)
    if stream in ("kvarh", "Q1"):
        return [value * (30 + mix(5, meter.number) % 25) // 100 for value in values]
    if stream == "B1":
        return slots(SUN, 120, 6, meter.number, ordinal)
    return values


def usage_of_day(meter, day):
    """A household's day in hundredths of a kWh: sharp, peak, flat, valley."""
    level = 280 + mix(8, meter.number) % 900
    parts = {"p": 0, "f": 0, "v": 0}
    for hour in range(24):
        noise = 200 + mix(9, meter.number, day.toordinal(), hour) % 112
        parts[PERIODS[hour]] += level * HOUSEHOLD[hour] * noise // (100 * 256 * 24)
    return [0, parts["p"], parts["f"], parts["v"]]


def standings(meter, day):
    """The registers at 24:00 of a day, in hundredths: total, sharp, peak, flat, valley."""
    registers = [mix(10, meter.number, register) % 400_000 for register in range(4)]
    current = FIRST
    while current <= day:
        registers = [a + b for a, b in zip(registers, usage_of_day(meter, current))]
        current += timedelta(days=1)
    return [sum(registers)] + registers


def exchange_standings():
    """The old meter's last registers at 10:00 of the exchange, and the new one's at any 24:00."""
    before = standings(EXCHANGED, EXCHANGE_DAY - timedelta(days=1))
    morning = [value * 2 // 5 for value in usage_of_day(EXCHANGED, EXCHANGE_DAY)]
    removed = [a + b for a, b in zip(before[1:], morning)]
    return [sum(removed)] + removed


def successor_standings(day):
    """The new meter's registers: from nothing, with the old one's load."""
    day_of = usage_of_day(EXCHANGED, EXCHANGE_DAY)
    registers = [value - value * 2 // 5 for value in day_of]
    current = EXCHANGE_DAY + timedelta(days=1)
    while current <= day:
        registers = [a + b for a, b in zip(registers, usage_of_day(EXCHANGED, current))]
        current += timedelta(days=1)
    return [sum(registers)] + registers


def decimal(value, places):
    """An integer of 10^-places as text."""
    text = str(value).rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}"
