package check

import "quietline/flows"

// InWords says whether a condition, an effect or a menu is shown in plain words.
func InWords(cond string, do flows.Do, menu string) bool {
	ws, c := holding[cond]
	_, d := doing[do]
	_, m := listed[menu]
	return (c && ws[0] != "" && ws[1] != "" || cond == "") && (d || do == "") && (m || menu == "")
}
