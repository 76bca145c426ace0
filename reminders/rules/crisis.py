"""Words of a crisis in English and Spanish: a wide net, since a wrong alarm costs a call and a miss may cost a life (MSG-6)."""

import re

# Any word that begins so.
BEGINNINGS_EN = (
    "suicid", "suicd", "sucid", "suisid", "siucid", "suecid", "overdos", "unaliv", "hopeless", "worthless", "helpless", "desperat", "pistol", "hanging",
    "strangl", "slit", "bleed", "emergenc", "murder", "shoot", "shotgun", "selfharm",
)  # fmt: skip
BEGINNINGS_ES = (
    "suisid",
    "sobredosi",
    "desesper",
    "emergenci",
    "ahorcar",
    "ahorc",
    "asesin",
    "dispar",
    "pistola",
    "desangr",
    "ayudenme",
    "ayudame",
    "matarme",
)
WORDS_EN = {
    "die", "died", "dies", "dying", "dead", "death", "kill", "kil", "killed", "killing", "kms", "kys", "gun", "rope", "noose", "bridge", "crisis", "988",
    "911", "goodbye", "goodbyes", "farewell", "hurting", "harm", "harmed", "harming", "unsafe", "rifle", "razor", "ambulance", "panic", "abuse", "abused",
    "raped", "pills", "poison", "jump", "voices", "scared", "screaming", "unconscious", "seizure", "od", "oding",
}  # fmt: skip
WORDS_ES = {
    "morir", "morirme", "muero", "muera", "muerte", "muerto", "muerta", "matar", "mato", "mate", "matare", "socorro", "auxilio", "crisis", "ambulancia",
    "pastillas", "veneno", "puente", "soga", "navaja", "adios", "despedirme", "despedida", "lastimarme", "lastimar", "danarme", "cortarme", "voces",
    "inutil", "acabar", "rendirme", "violada", "violado", "abuso", "miedo", "panico", "convulsion",
}  # fmt: skip
SAID_EN = re.compile(
    r"\b(end|ending|ended|take|taking) (it|my|this|everything|things)( all| own)?( life| pain| suffering)?\b"
    r"|\b(dont|do not|not|never|no longer|didnt|cant|cannot|can not|couldnt|wont) (\w+ ){0,2}"
    r"(live|living|be here|exist|wake up|go on|do this|do it|keep going|take it|take this|take any|cope|breathe|be alive|survive|handle|stand it|continue|hold on|anymore|any more)\b"
    r"|\b(no|any|without) (\w+ )?(reason|point|way out|hope|purpose|future)\b|\b(better|be) off (\w+ )?(dead|gone|without me)\b|\bwithout me\b"
    r"|\b(hurt|hurts|cut|cutting|harm|burn|burning|hang|shoot|drown|starve|stab|drug) (my ?self|me|him|her|them|him ?self|her ?self|someone|somebody|people)\b"
    r"|\bgiv(e|ing) up\b|\bhelp me\b|\bneed help\b|\bsave me\b|\bsend help\b|\bnot (worth|ok|okay|safe|doing well|alright)\b|\bisnt worth\b|\bchest pains?\b"
    r"|\btook (\w+ ){0,4}(pills|meds|medication\w*|medicine\w*|tablets|bottle)\b|\btoo many\b|\bwish i (was|were|wasnt|werent|had never|could (just )?disappear)\b"
    r"|\b(want|wanna|going|gonna|ready|like) (to )?(disappear|vanish|go to sleep forever|be gone|be with (god|jesus))\b|\bnever wake\b|\bsleep forever\b"
    r"|\b(last|final) (text|message|words|day|night|time)\b|\b(good|say|saying) bye\b|\bfeel(ing|s)? (like )?(a burden|trapped|empty|nothing|unsafe)\b|\bburden\b"
    r"|\blost (all )?hope\b|\bno hope\b|\bim done\b|\bi am done\b|\bdone with (life|everything|it all|living|this)\b|\bhate (my life|myself|living|being alive)\b"
    r"|\bnobody (would )?(cares?|miss)\b|\bno one (would )?(cares?|miss)\b|\bself harm\w*\b|\bcut(ting)? (my|myself)\b|\bjump(ing|ed)? (off|in front)\b|\bgoing to od\b"
)
SAID_ES = re.compile(
    r"\b(quitar|quite|quito|quitare)(me)? la vida\b|\bno (\w+ ){0,2}(vivir|seguir|existir|despertar\w*|aguant\w*|mas|puedo|soport\w*|estar (aqui|vivo|viva))\b"
    r"|\b(acab\w*|termin\w*|poner fin) (con |a )?(todo|mi vida|mi sufrimiento|esto|el dolor)\b|\bhacer(me)? dano\b|\bhac(er|erle) dano\b|\b(mejor|estaria|estarian) (\w+ )?(muert\w|sin mi)\b"
    r"|\bsin (esperanza|salida|mi)\b|\bno (vale|tiene|hay|veo) (\w+ )?(la pena|sentido|esperanza|salida|razon)\b|\bme (rindo|mato|muero|odio|corto|lastimo|ahorco|voy a matar)\b"
    r"|\bquiero (desaparecer|irme de este mundo|descansar para siempre)\b|\bdesaparecer\b|\bpara siempre\b|\bdolor (de|en el) pecho\b|\bno puedo respirar\b|\btirarme\b|\bsaltar de\b"
    r"|\bnecesito ayuda\b|\bodio mi vida\b|\bya no\b|\bsoy una carga\b|\ba nadie le importo\b|\bcansad[oa] de (vivir|la vida|todo)\b|\btom[eo] (\w+ ){0,3}(pastillas|medicin\w*)\b"
)
# Written without spaces.
RUN_TOGETHER = re.compile(
    r"kil+m(y|e)|wan(na|tto|t2)die|endmylife|enditall|harmmyself|hurtmyself|cutmyself|nolonger(want)?live|quieromorir|noquierovivir|quitarmelavida|matarme|suicid"
)


def is_crisis(told: str, *, alone: bool = False) -> bool:
    """Whether plain words (see `replies.plain`) may be of a crisis. `alone`: nothing but a keyword about texts."""
    if alone:
        return False
    return any(found(squeezed) for squeezed in {told, squeeze(told)}) or bool(RUN_TOGETHER.search(told.replace(" ", "")))


def squeeze(told: str) -> str:
    """`diiiie` as `die`."""
    return re.sub(r"([a-z])\1{2,}", r"\1", told)


def found(told: str) -> bool:
    words = told.split()
    is_word = bool(set(words) & (WORDS_EN | WORDS_ES)) or any(word.startswith(BEGINNINGS_EN + BEGINNINGS_ES) for word in words)
    return is_word or bool(SAID_EN.search(told) or SAID_ES.search(told))


def is_spanish(told: str) -> bool:
    """Whether the words of a crisis are Spanish ones alone."""
    words = told.split()
    has = {
        "es": bool(set(words) & (WORDS_ES - WORDS_EN) or any(word.startswith(BEGINNINGS_ES) for word in words) or SAID_ES.search(told)),
        "en": bool(set(words) & WORDS_EN or any(word.startswith(BEGINNINGS_EN) for word in words) or SAID_EN.search(told)),
    }
    return has["es"] and not has["en"]
