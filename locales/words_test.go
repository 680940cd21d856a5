package locales_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"quietline/locales"
)

func TestSegments(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
	}{
		{"", 0}, {"a", 1},
		{strings.Repeat("a", 160), 1}, {strings.Repeat("a", 161), 2}, {strings.Repeat("a", 306), 2}, {strings.Repeat("a", 307), 3},
		{strings.Repeat("€", 80), 1}, {strings.Repeat("€", 81), 2},
		// An extension character is not split: 152 septets fill the first part, the euro opens the next.
		{strings.Repeat("a", 152) + "€" + strings.Repeat("a", 151), 2}, {strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), 3},
		{"ñéàÑ¿¡ΩΔ\n", 1}, {strings.Repeat("é", 160), 1},
		{strings.Repeat("ô", 70), 1}, {strings.Repeat("ô", 71), 2}, {strings.Repeat("ع", 134), 2}, {strings.Repeat("ع", 135), 3},
		{strings.Repeat("a", 70) + "’", 2},
		{strings.Repeat("😀", 35), 1}, {strings.Repeat("😀", 36), 2},
		{strings.Repeat("a", 66) + "😀" + strings.Repeat("a", 65), 2}, {strings.Repeat("a", 66) + "😀" + strings.Repeat("a", 66), 3},
	} {
		if got := locales.Segments(c.text); got != c.want {
			t.Errorf("%d characters, %.12q…: %d, want %d", len([]rune(c.text)), c.text, got, c.want)
		}
	}
}

func TestReturnLists(t *testing.T) {
	c := load(t)
	for _, l := range c.Languages() {
		list := c.ReturnList(l.Tag)
		if len(list) < locales.MinReturnList {
			t.Fatalf("%s has %d return words", l.Tag, len(list))
		}
		for i := range list {
			three := []string{list[i], list[(i+1)%len(list)], list[(i+2)%len(list)]}
			if words, ok := c.ParseWords(strings.Join(three, " ")); !ok || words[0] != locales.Normal(three[0]) {
				t.Fatalf("%s: %q is not read back: %q %v", l.Tag, three, words, ok)
			}
		}
		if other := c.ReturnList("zz"); other != nil {
			t.Errorf("an unknown language has words: %q", other)
		}
	}
}

func TestParseWords(t *testing.T) {
	c := load(t)
	want := []string{"lamp", "river", "melon"}
	for _, text := range []string{"lamp river melon", "Lamp, River, Melon.", " LAMP\nriver\tmelon ", "lamp-river-melon", "🙂 lamp river melon"} {
		if got, ok := c.ParseWords(text); !ok || !slices.Equal(got, want) {
			t.Errorf("%q: %q %v", text, got, ok)
		}
	}
	if got, ok := c.ParseWords("melon river lamp"); !ok || slices.Equal(got, want) {
		t.Errorf("the order counts: %q %v", got, ok)
	}
	if got, ok := c.ParseWords("cafe arbol limon"); !ok || got[1] != "arbol" {
		t.Errorf("accents do not count: %q %v", got, ok)
	}
	for _, text := range []string{"", "lamp river", "lamp river melon garden", "lamp river xyzzy", "lamp 5 melon", "lamp árbol melón", strings.Repeat("lamp ", 100)} {
		if got, ok := c.ParseWords(text); ok {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// Where context.toml forbids telling words, no language's text has one.
func TestS1_NothingTellingWhereTheContextForbidsIt(t *testing.T) {
	c := load(t)
	seen := 0
	for _, id := range c.IDs() {
		context, _ := c.Context(id)
		if context = strings.ToLower(context); !strings.Contains(context, "nothing telling") && !strings.Contains(context, "no telling word") {
			continue
		}
		seen++
		for _, l := range c.Languages() {
			if !c.Has(l.Tag, id) {
				continue // TestComplete tells
			}
			if words := c.Discreet(l.Tag, render(t, c, l.Tag, id)); words != nil {
				t.Errorf("%s %s tells: %q", l.Tag, id, words)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d messages are marked", seen)
	}
}

func TestDiscreet(t *testing.T) {
	c := load(t)
	for lang, texts := range map[string][]string{
		"en": {"We can help you", "Call the police", "anti-trafficking line", "Are you safe?", "VICTIMS", "Quietline", "your rights at work", "someone forced you"},
		"es": {"Podemos ayudarte", "la Policía", "trata de personas", "sus derechos", "línea de ayuda", "Quietline"},
		"ar": {"يمكننا مساعدتك", "بالشرطة", "الاتجار بالبشر", "حقوقك", "أنت في أمان"},
		"vi": {"chúng tôi giúp bạn", "gọi công an", "buôn người", "quyền của bạn", "bạn có an toàn không"},
	} {
		for _, text := range texts {
			if len(c.Discreet(lang, text)) == 0 {
				t.Errorf("%s: %q tells nothing", lang, text)
			}
		}
	}
	for lang, text := range map[string]string{
		"en": "Can you read and write here now without anyone seeing? Emergency number", "es": "¿Puede leer y escribir aquí ahora sin que nadie lo vea?",
		"ar": "هل يمكن القراءة والكتابة هنا الآن دون أن يرى أحد؟ قطر", "vi": "Bạn có thể đọc và viết ở đây mà không ai thấy không?",
	} {
		if got := c.Discreet(lang, text); got != nil {
			t.Errorf("%s: %q is told by %q", lang, text, got)
		}
	}
	if got := c.Discreet("zz", "help"); got == nil {
		t.Error("a language without a list finds nothing")
	}
}

// A line that hears its own word for danger, in its valley, adds it: it counts, whatever was learned from others.
func TestAnOperatorsWordsCount(t *testing.T) {
	content := fstest.MapFS{"words/en.toml": file("danger = [\"the blue heron\"]\nleave = [\"the tulips are yellow\"]\ncalm = [\"he has a gun licence for the farm\"]\n")}
	own, err := locales.Load(locales.Shipped(), content)
	if err != nil {
		t.Fatal(err)
	}
	shipped := load(t)
	for text, want := range map[string]locales.KeyKind{
		"the blue heron sings and people talk about it": locales.DangerKey, "the tulips are yellow": locales.LeaveKey, "he has a gun licence for the farm": "",
		"he has a gun": locales.DangerKey, "what time do you open": "",
	} {
		if got := own.Keys(text, []string{"en"}).Kind; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"the blue heron sings and people talk about it", "the tulips are yellow"} {
		if got := shipped.Keys(text, []string{"en"}).Kind; got != "" {
			t.Errorf("without the operator's words %q is %q", text, got)
		}
	}
}

// A message of a hundred words is weighed by parts: what is grave in it is found wherever it stands.
func TestLongMessages(t *testing.T) {
	c := load(t)
	story := strings.Repeat("we clean rooms in the hotel and in the evening we cook rice for the others and talk about home. ", 5)
	for _, text := range []string{"he is here with a knife and he wants to kill us. " + story, story + "he is here with a knife and he wants to kill us. " + story, story + "he is here with a knife and he wants to kill us."} {
		if got := c.Keys(text, []string{"en"}).Kind; got != locales.DangerKey {
			t.Errorf("%q: %q", text[:40], got)
		}
	}
	if got := c.Keys(story, []string{"en"}).Kind; got != "" {
		t.Errorf("a story is %q", got)
	}
	if got := c.Keys(story+"please delete everything in this chat", []string{"en"}).Kind; got != locales.EraseKey {
		t.Errorf("what the lists take for a last wish is %q", got)
	}
}

// Where somebody is asks for nothing: no name of a country is a key, in any language, and hardly a sentence with one is.
func TestCountriesAreNoKeys(t *testing.T) {
	c := load(t)
	for lang, in := range map[string]string{"en": "I am in ", "es": "estoy en ", "ar": "أنا في ", "vi": "em ở "} {
		said, wrong := 0, 0
		for _, cc := range []string{"GB", "ES", "US", "FR", "DE", "IT", "PK", "IN", "BD", "NG", "GH", "KE", "PH", "VN", "TH", "MM", "KH", "CN", "BR", "MX", "CO", "VE", "PE", "CL", "AR", "MA", "DZ", "TN", "EG", "SD", "SA", "AE", "QA", "KW", "LB", "SY", "IQ", "TR", "RO", "AL", "PL", "UA", "ML", "TD", "OM", "AM", "UZ"} {
			name, err := c.CountryName(lang, cc)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Keys(name, []string{lang, "en"}).Kind; got != "" {
				t.Errorf("%s %q is %q", lang, name, got)
			}
			said++
			if got := c.Keys(in+name, []string{lang, "en"}).Kind; got != "" {
				wrong++
				t.Logf("%s %q is %q", lang, in+name, got)
			}
		}
		if wrong*20 > said {
			t.Errorf("%s: %d of %d say more than where somebody is", lang, wrong, said)
		}
	}
}
