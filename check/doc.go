// Package check proves a book of flows against catalogues, directory and channels before anybody meets it.
//
// It walks the whole graph and asks of every step what a person standing there would: is there a way on, a way out, a
// person, words in my language, and nothing telling before I said that no one sees. Each fault names file, step and
// mend. It is run on the shipped book by its tests, at load, and by whoever edits a flow.
package check
