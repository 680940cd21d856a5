// Package check proves a book of flows against catalogues, directory and channels before anybody meets it.
//
// It walks the whole graph and asks of every step what a person standing there would: is there a way on, a way out, a
// person, words in my language, and nothing telling before I said that no one sees. Where the graph alone cannot show
// something it drives the engine itself. Each fault names file, step and mend. It is run on the shipped book by its tests,
// at load, and by whoever edits a flow.
//
// The kinds of fault (Classes), each with mistakes in testdata that must be found:
//
//	the graph    unreachable step, dead end, loop without a way out, unbounded loop, choices, sensitive before open,
//	             needs differ
//	the keys     key taken away, key as natural answer, person too far, danger not answered, nobody answers
//	a yes        without consent, drafted as reviewed
//	the words    choice without text, missing text, another language, plural form, placeholder, unknown placeholder,
//	             telling word, question not ours, promise, number, address, carrier's word, hard to read
//	channels     cover not first, too much for a channel, SMS parts, typographic sign
//
// What the checker knows of a language's sentences stands in words/. It also shows the book to reviewers: Draw, Page and
// Transcript.
package check
