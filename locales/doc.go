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
//	words/xx.toml       the words a person may send instead of a key, how danger is said, and what only looks like it
//	words/return.xx.toml  the list that return words are made from
//	discreet/xx.toml    telling words, not shown before a sitting is open
//
// # Words a person may send
//
// words/xx.toml holds lists of forms. Before anything is compared a message and the forms are brought to one shape: case,
// width, digits of any script, accents (see marks), emoji and doubled letters do not count, and an apostrophe joins
// ("don't" is dont). A form is words with a space between them, and
//
//	a/b        either; each a single word
//	word*      every word that begins so
//	<name>     any entry of [class] name; an entry of several words is plain words
//	{name}     within a word, any entry of [part] name: "{sub}ضرب{obj}"
//	word?      may be left out
//	...        up to three words, within one sentence
//	^ $        the beginning and the end of the message
//
// leave, erase, person, back, yes and no are whole messages: the message must be laid out with them and with aside, what is
// said around them ("please", "he is coming"), to the last word; leave_with and erase_with say something only beside a form
// of leave or erase ("all of them"), told takes its meaning away ("I delete", "already deleted"). leave_this, erase_this and
// back_this name the chat or the messages; they may also be a last sentence, end a longer message after a form of so, or
// begin it before a form of because. person_in, danger and selfharm are found anywhere, unless a form of calm, in any of the
// languages looked at, covers one of their words: that is how a no is understood. Danger to oneself counts before danger
// from others, and both before a wish for a person; a whole message counts before all of them.
//
// marks: accents change the word; a message in which a third of the words have some is compared with them. Other languages
// forgive one wrong letter inside words of six letters or more, and two letters that changed places in words of four or
// more, but never for a word under known or a word of the file. Words run together ("hesgotaknife") are taken apart where
// nothing else was understood. Some pictures are words (see pictures). sound: Spanish, compared as it sounds. latin: Arabic
// in Latin letters, compared by its consonants. All of this is for the language of the conversation only, but marks and
// pictures.
//
// # What was learned
//
// Lists alone understand six or seven of ten messages that their writer did not foresee. So what most messages mean is
// learned: words/xx.learned holds a weight for each cue of a message (its words, neighbours, runs of letters, and what its
// forms mean) and each intent, learned from testdata/corpus, some ten thousand invented messages a language by several
// writers who did not see each other's. Lists still decide alone where there is nothing to weigh: digits, yes and no, a
// message of one or two words that is a key's ("exit please"; not against danger or self-harm), an emergency number within
// text, the name of a country, return words, and a key or danger that an operator's form found. What destroys wants more
// the shorter it is (see decide). A language without a learned file has its lists. Of several languages the one that knows
// most of a message's cues decides, the conversation's own first. A message of more than forty words is weighed by parts,
// for danger, self-harm and a wish for a person; it leaves or erases by the lists alone.
//
// Whoever changes words/xx.toml, a text or a corpus runs `make words`, which learns again and prints how well each writer is
// understood after learning from the others; a test fails until then. testdata/exam is never learned from, but was looked
// at when bars were chosen: exam_test.go tells its figures and their limits. Corpora and exams were drafted by no native
// speaker, so people may be understood less well than they say. Confusion, and `quietline check --words`, print the table
// for any corpus.
package locales
