package locales_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"quietline/locales"
)

func TestKeysAsDigits(t *testing.T) {
	c := load(t)
	leave, erase, person, back, urgent := locales.LeaveKey, locales.EraseKey, locales.PersonKey, locales.BackKey, locales.UrgentKey
	for text, want := range map[string]locales.KeyKind{
		"0": leave, " 0 ": leave, "0.": leave, "0️⃣": leave, "٠": leave, "۰": leave, "०": leave, "၀": leave, "０": leave, "[0]": leave,
		"00": erase, "0 0": erase, "0-0": erase, "٠٠": erase, "00!": erase, "๐๐": erase,
		"000": leave, "0000000": leave, // drumming on 0 goes; only 00 destroys
		"9": person, "٩": person, "9️⃣": person, "(9)": person, "৯": person,
		"8": back, "۸": back,
		"99": urgent, "9 9": urgent, "٩٩": urgent, "999": urgent, "9999999": urgent, "9 9 9": urgent, "९९९": urgent,
		"112": urgent, "911": urgent, "1-1-2": urgent, "١١٢": urgent, "113": urgent, "17": urgent,
		"7": "", "10": "", "90": "", "08": "", "110": "", "": "", "   ": "", "...": "", "+44 20 7946 0000": "", "12345": "",
	} {
		if got := c.Keys(text, []string{"en"}, "113", "17"); got.Kind != want || got.Digit != 0 {
			t.Errorf("%q: %+v, want %q", text, got, want)
		}
	}
	for text, want := range map[string]int{"1": 1, "2.": 2, "3)": 3, "٤": 4, "۵": 5, "6️⃣": 6, "①": 1, "၂": 2, "𝟑": 3} {
		if got := c.Keys(text, nil); got.Kind != locales.ChoiceKey || got.Digit != want {
			t.Errorf("%q: %+v, want choice %d", text, got, want)
		}
	}
}

func TestAnEmergencyNumberNeverTakesAKey(t *testing.T) {
	c := load(t)
	if got := c.Keys("1", nil, "1", "0", "00").Kind; got != locales.ChoiceKey {
		t.Errorf("1 is %q", got)
	}
	if got := c.Keys("00", nil, "00").Kind; got != locales.EraseKey {
		t.Errorf("00 is %q", got)
	}
	if got := c.Keys("000", nil, "000").Kind; got != locales.UrgentKey {
		t.Errorf("000 where it is the emergency number is %q", got)
	}
}

func TestKeysAsWords(t *testing.T) {
	c := load(t)
	for lang, cases := range map[string]map[string]locales.KeyKind{
		"en": {
			"Leave": locales.LeaveKey, "GOODBYE!": locales.LeaveKey, "i have to go": locales.LeaveKey, "Stop": locales.LeaveKey,
			"delete everything": locales.EraseKey, "Delete  Everything.": locales.EraseKey, "ＤＥＬＥＴＥ": locales.EraseKey,
			"a person": locales.PersonKey, "HELP": locales.PersonKey, "back": locales.BackKey, "yes": locales.YesKey, "YES!!!": locales.YesKey,
			"No": locales.NoWordKey, "i can’t": locales.NoWordKey, "👍 ok": locales.YesKey,
			"leave my papers with him": "", "no papers": "", "my back hurts": "", "yes but he took it": "", "borrar todo": "", "<b>x</b>": "", "b x b": "",
		},
		"es": {
			"SÍ": locales.YesKey, "si": locales.YesKey, "no": locales.NoWordKey, "Bórralo todo": locales.EraseKey, "borralo todo": locales.EraseKey,
			"salir": locales.LeaveKey, "atras": locales.BackKey, "quiero hablar con alguien": locales.PersonKey, "¡Ayuda!": locales.PersonKey,
			"no puedo salir de la casa": "",
		},
		"ar": {
			"نعم": locales.YesKey, "نَعَم": locales.YesKey, "لا": locales.NoWordKey, "احذف كل شيء": locales.EraseKey, "إحذف كل شئ": locales.EraseKey, "خـــروج": locales.LeaveKey,
			"رجوع": locales.BackKey, "شخص": locales.PersonKey, "ساعدوني": locales.PersonKey, "أكتب من البيت": "",
		},
		"vi": {
			"có": locales.YesKey, "co": locales.YesKey, "Không": locales.NoWordKey, "khong": locales.NoWordKey, "xóa hết": locales.EraseKey, "xoá hết": locales.EraseKey, "XOA HET": locales.EraseKey,
			"dừng": locales.LeaveKey, "đúng": locales.YesKey, "dung": "", "quay lại": locales.BackKey, "người thật": locales.PersonKey, "cò": "",
		},
	} {
		for text, want := range cases {
			if got := c.Keys(text, []string{lang}).Kind; got != want {
				t.Errorf("%s %q: %q, want %q", lang, text, got, want)
			}
		}
	}
	if got := c.Keys("borrar todo", nil).Kind; got != locales.EraseKey {
		t.Errorf("with no language named every language's words count: %q", got)
	}
}

func TestDangerWithinText(t *testing.T) {
	c := load(t)
	for lang, texts := range map[string][]string{
		"en": {
			"he is going to kill me", "please he has a KNIFE", "I'm in danger", "she is bleeding a lot", "I cant breathe", "I can't breathe", "they beat me every day", "there is fire",
			"someone call 112 please", "call 911", "he said he will kill my sister", "not in danger yesterday but now he has a gun", "he locked us in the room",
		},
		"es": {
			"me va a matar", "estoy en PELIGRO", "me pegó otra vez", "me pego otra vez", "tiene un cuchillo", "auxilio por favor", "mi amiga está sangrando", "me tienen encerrada", "llamen al 112",
		},
		"ar": {
			"أنا في خطر", "انا فى خطر", "سيقتلني الليلة", "وسيقتلني", "هو يضربني كل يوم", "معه سكين", "لا أستطيع التنفس", "حبسوني في الغرفة", "اتصلوا بالاسعاف", "يوجد حريق", "يوجد خطر كبير",
		},
		"vi": {
			"cứu tôi với", "cuu toi voi", "họ giết tôi mất", "ho giet toi mat", "tôi đang gặp nguy hiểm", "no danh toi bi danh moi ngay", "tôi bị đánh", "bạn tôi chảy máu nhiều quá", "tôi bị nhốt trong phòng", "gọi 113 đi",
		},
	} {
		for _, text := range texts {
			if got := c.Keys(text, []string{lang}, "113"); got.Kind != locales.DangerKey {
				t.Errorf("%s %q: %q", lang, text, got.Kind)
			}
		}
	}
}

func TestSelfHarmWithinText(t *testing.T) {
	c := load(t)
	for lang, texts := range map[string][]string{
		"en": {"i want to die", "I WANT TO DIEEE", "he hits me and i want to die", "i took all the pills", "suicde", "theres no reason to live"},
		"es": {"quiero morirme", "me kiero morir", "me tomé todas las pastillas", "i want to die"},
		"ar": {"أريد أن أموت", "عايز اموت", "3ayez amoot", "بلعت حبوب كتير"},
		"vi": {"tôi muốn chết", "toi muon chet", "em uống hết vỉ thuốc rồi"},
	} {
		for _, text := range texts {
			if got := c.Keys(text, []string{lang, "en"}); got.Kind != locales.SelfHarmKey {
				t.Errorf("%s %q: %q", lang, text, got.Kind)
			}
		}
	}
}

func TestHardNegatives(t *testing.T) {
	c := load(t)
	for lang, texts := range map[string][]string{
		"en": {
			"I am not in danger", "no danger here", "I need a blood test", "just killing time", "he was fired", "they fired me last week", "a knife and fork", "I am 17 years old", "my number is 0999 112 345",
			"what are the emergency numbers", "it is not urgent", "the skill of the killjoy", "he never hit me", "we live in Firenze", "I earn 9 euros", "room 9", "I owe 99 dollars",
		},
		"es": {
			"no estoy en peligro", "me muero de hambre", "un análisis de sangre", "no es urgente", "para matar el tiempo", "tengo 17 años", "mi número es 600 112 911", "violación de contrato", "nadie me pega",
		},
		"ar": {
			"لست في خطر", "لا يوجد خطر", "أحتاج فحص دم", "ما هي أرقام الطوارئ", "ليس عاجلا", "لا يضربني أحد", "عمري 17 سنة", "أسكن في قطر", "دمشق مدينتي", "اسمي سمر",
		},
		"vi": {
			"tôi không nguy hiểm", "không có nguy hiểm", "đi xét nghiệm máu", "danh sách việc làm", "con cừu ở quê", "giết thời gian thôi mà", "tôi 17 tuổi", "công việc không khẩn cấp", "không ai đánh tôi",
		},
	} {
		for _, text := range texts {
			if got := c.Keys(text, []string{lang}, "17"); got.Kind == locales.DangerKey || got.Kind == locales.UrgentKey {
				t.Errorf("%s %q: %q", lang, text, got.Kind)
			}
		}
	}
}

// No text tells a person to send a word that a carrier or Twilio takes for itself (DESIGN "Keys and words").
func TestNoTextAsksForACarrierWord(t *testing.T) {
	c := load(t)
	for _, l := range c.Languages() {
		for _, id := range c.IDs() {
			if !c.Has(l.Tag, id) {
				continue
			}
			text := render(t, c, l.Tag, id)
			for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r != '\'' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') }) {
				for _, taken := range locales.CarrierWords {
					if word == taken {
						t.Errorf("%s %s asks for %s", l.Tag, id, taken)
					}
				}
			}
		}
	}
}

func TestNormal(t *testing.T) {
	for text, want := range map[string]string{
		"  Ñandú \t MÁS ": "nandu mas", "Straße": "strasse", "e\u0301": "e", "ﬁn": "fin", "a\u200bb": "ab", "👍🏽ok": "ok", "Đường": "duong",
		"أُمَّة": "امه", "ـــى": "ي", "किताब": "किताब", "กำลัง": "กําลัง", "İstanbul": "istanbul", "٣٤": "34", "a\x00b": "a b", "\xff": "",
	} {
		if got := locales.Normal(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if again := locales.Normal(locales.Normal(text)); again != locales.Normal(text) {
			t.Errorf("%q: not settled, %q", text, again)
		}
	}
	if got := locales.Digits("٠१２၃abc𝟜"); got != "0123abc4" {
		t.Errorf("digits: %q", got)
	}
}

func FuzzKeys(f *testing.F) {
	for _, text := range []string{"0", "00", "99", "delete everything", "cứu tôi", "أنا في خطر", "me va a matar", "٠", "\xff\xfe", "9️⃣"} {
		f.Add(text)
	}
	c := load(f)
	f.Fuzz(func(t *testing.T, text string) {
		key := c.Keys(text, nil, "113")
		if (key.Digit != 0) != (key.Kind == locales.ChoiceKey) || key.Digit < 0 || key.Digit > 6 {
			t.Fatalf("%+v", key)
		}
		if again := c.Keys(" "+text+" ", nil, "113"); again != key {
			t.Fatalf("spaces around change %+v to %+v", key, again)
		}
		normal := locales.Normal(text)
		if !utf8.ValidString(normal) || locales.Normal(normal) != normal {
			t.Fatalf("normal form is not settled: %q", normal)
		}
		c.Discreet("vi", text)
		c.ParseWords(text)
	})
}

func BenchmarkKeysDigit(b *testing.B) {
	c := load(b)
	langs := []string{"en"}
	for b.Loop() {
		c.Keys("1", langs, "999")
	}
}

func BenchmarkKeysSentence(b *testing.B) {
	c := load(b)
	langs := []string{"en"}
	for b.Loop() {
		c.Keys("They took my passport and I do not know where it is now", langs, "999")
	}
}

// The dearest case: a long message in a language whose English is looked at too.
func BenchmarkKeysTwoLanguages(b *testing.B) {
	c := load(b)
	langs := []string{"es", "en"}
	for b.Loop() {
		c.Keys("me quitaron el pasaporte y no sé dónde está ahora, quiero irme a mi casa", langs, "091")
	}
}
