// Package locales holds every word a person reads and every word a person may send: message catalogues, the exact table
// of languages, the words of the keys, danger words, telling words, return words, and the sizes of text messages.
//
// Catalogues are go-i18n TOML files, one for each language, each in a bundle of its own. A language is found only by the
// exact table languages.toml: never by a closest match, which takes Kurdish for Turkish and Uyghur for Chinese. A message
// that a language lacks is an error, never silently the text of another language.
//
// Everything is loaded at once by Load, from the shipped files and over them from an operator's folder of the same shape,
// by id; a Catalogues value never changes afterwards and serves any number of goroutines. Shipped files:
//
//	languages.toml      the table of languages
//	xx.toml             messages: ids and plural forms
//	context.toml        who reads a message, when, and what must not be said
//	review/xx.toml      who read which wording; void as soon as the English or the translation changes
//	words/xx.toml       the words a person may send instead of a key, danger words, and phrases that only look like danger
//	words/return.xx.toml  the list that return words are made from
//	discreet/xx.toml    telling words, not shown before a sitting is open
package locales
