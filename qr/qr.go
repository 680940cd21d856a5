// Package qr draws codes and proves that they can be read.
//
// New mints a symbol only after a decoder has read it back. A Code is drawn as PNG for files, SVG for pages and print,
// and half-block characters for a terminal.
package qr

// A Code is one QR symbol with a quiet zone of four modules on every side, which a decoder has read back.
type Code struct {
	content string
	bits    [][]bool // true is dark; the quiet zone is part of it
}
