package check

import "quietline/flows"

// InWords says whether a condition, an effect or a menu is shown in plain words.
func InWords(cond string, do flows.Do, menu string) bool {
	ws, c := holding[cond]
	_, d := doing[do]
	_, m := listed[menu]
	return (c && ws[0] != "" && ws[1] != "" || cond == "") && (d || do == "") && (m || menu == "")
}

// Sentence returns the classes of fault that a message of this text would have for what it says, in a language.
func Sentence(in Input, lang, text string) ([]Class, error) {
	c := checker{Input: in, seen: map[Fault]bool{}}
	var err error
	if c.proses, err = proses(); err != nil {
		return nil, err
	}
	c.prose(lang, "check.who", []string{text}, false)
	var out []Class
	for _, f := range c.faults {
		out = append(out, f.Class)
	}
	return out, nil
}
