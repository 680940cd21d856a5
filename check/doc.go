// Package check proves a book of flows against catalogues, directory and channels before anybody meets it.
//
// It walks the whole graph and asks of every step what a person standing there would: is there a way on, a way out, a
// person, words in my language, and nothing telling before I said that no one sees. Each fault names file, step and
// mend. It is run on the shipped book by its tests, at load, and by whoever edits a flow. Classes lists the kinds of fault;
// each has mistakes in testdata that it must find. What the checker knows of a language's sentences stands in words/.
//
// It also shows the book to reviewers: Draw, Page and Transcript.
package check
